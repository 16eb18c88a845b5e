using System.Net;
using Microsoft.Extensions.Time.Testing;
using SispiAgent.Cluster;
using SispiAgent.Peers;
using SispiAgent.Postgres;
using SispiAgent.Replication;

namespace SispiAgent.Tests.Replication;

internal sealed class ReplicationJudgeTests
{
    private static readonly Node Server3 = NodeAt("server3", NodeKind.Database, "10.0.0.3");
    private static readonly Node Des10 = NodeAt("des10", NodeKind.Mirror, "10.0.0.10");

    [Test]
    public void A_sender_is_matched_by_address_then_by_name()
    {
        WalSender[] senders = [Sender(1, "walreceiver", "10.0.0.3"), Sender(2, "walreceiver", "10.0.0.10"), Sender(3, "walreceiver", "10.0.0.99")];
        Assert.That(Ids(senders, ("server3", "10.0.0.3"), ("des10", "10.0.0.10")), Is.EqualTo("server3=1 des10=2"));

        WalSender[] natted = [Sender(1, "DES10", "10.0.0.1"), Sender(2, "server3", "10.0.0.1")];
        Assert.That(Ids(natted, ("server3", "10.0.0.1"), ("des10", "10.0.0.1")), Is.EqualTo("server3=2 des10=1"), "an address that both share tells nothing");

        WalSender[] dying = [Sender(1, "walreceiver", "10.0.0.3", sent: "0/100"), Sender(2, "walreceiver", "10.0.0.3", sent: "0/900")];
        Assert.That(Ids(dying, ("server3", "10.0.0.3"), ("des10", "10.0.0.10")), Is.EqualTo("server3=2"));

        WalSender[] tools = [Sender(1, "pg_receivewal", "10.0.0.3"), Sender(2, "pg_basebackup", "10.0.0.10", "backup")];
        Assert.That(Ids(tools, ("server3", "10.0.0.3"), ("des10", "10.0.0.10")), Is.Empty);
    }

    [Test]
    public void One_fact_is_told_by_one_agent()
    {
        string? Judge(Node node, PeerAnswer? answer) => SenderJudge.Judge(node, "server2", null, answer, [], new WalPosition(0, 100), 150000, new ReplicationOptions(), 3)?.Code.Value;

        Assert.Multiple(() =>
        {
            Assert.That(Judge(Des10, null), Is.EqualTo("replication.sender-missing"), "a mirror has no agent");
            Assert.That(Judge(Server3, Answer("server3", "Refusing", false, null)), Is.Null, "server3's agent mails its liveness");
            Assert.That(Judge(Server3, Answer("server3", "Accepting", true, false)), Is.Null, "server3's agent mails its receiver");
            Assert.That(Judge(Server3, Answer("server3", "Accepting", true, true)), Is.EqualTo("replication.sender-missing"), "it receives from somebody else");
            Assert.That(Judge(Server3, Answer("server3", "Accepting", true, true, 2)), Is.Null);
            Assert.That(Judge(Server3, Answer("server3", "Accepting", true, true, 3)), Is.EqualTo("replication.sender-missing"));
        });
    }

    [Test]
    public void A_receiver_lost_with_its_primary_is_the_primarys_fact()
    {
        var gone = new LocalEvidence(new(1, "standby"), new(1, 0, 'S', ""), [], null, null);
        string? Judge(PeerAnswer? upstream) => ReceiverJudge.Judge("server3", gone, upstream, 0)?.Code.Value;

        Assert.That(Judge(Answer("server2", "Refusing", false, null)), Is.Null);
        Assert.That(Judge(Answer("server2", "Accepting", true, null)), Is.EqualTo("replication.receiver-missing"));
        Assert.That(Judge(Answer("server2", "Accepting", true, null, 1)), Is.EqualTo("replication.receiver-missing"));
        Assert.That(Judge(null), Is.EqualTo("replication.receiver-missing"));
    }

    [TestCase(90000, false)]
    [TestCase(90200, false)]
    [TestCase(90300, true)]
    [TestCase(null, true)]
    public void A_stalled_receiver_is_mended_by_what_the_version_has(int? version, bool hasTimeout)
    {
        var receiver = new ServerProcess(new(2, 1, 'S', "wal receiver process"), ServerProcessKind.WalReceiver, null, null);
        var stalled = ReceiverJudge.Judge("server3", new LocalEvidence(null, new(1, 0, 'S', ""), [receiver], null, null) { Version = version }, null, Stall.Bytes)!;

        Assert.That(stalled.Code, Is.EqualTo(ReceiverJudge.Stalled));
        Assert.That(stalled.Remedy, hasTimeout ? Has.Some.Contains("wal_receiver_timeout") : Has.None.Contains("_timeout").And.Some.Contains("restart the standby"));
    }

    [Test]
    public void What_the_other_agent_saw_before_the_loss_does_not_count()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        var absence = new Absence(time);
        var before = Answer("server2", "Accepting", true, null, observedAt: time.GetUtcNow());
        time.Advance(TimeSpan.FromSeconds(5));
        absence.Note("server2", isThere: false);
        time.Advance(TimeSpan.FromSeconds(5));
        absence.Note("server2", isThere: false);

        Assert.That(absence.IsNewerThan(before), Is.True);
        Assert.That(absence.IsNewerThan(Answer("server2", "Accepting", true, null, observedAt: time.GetUtcNow())), Is.False);
        absence.Note("server2", isThere: true);
        Assert.That(absence.IsNewerThan(before), Is.False);
    }

    private static string Ids(WalSender[] senders, params (string Node, string Address)[] addresses) => string.Join(' ', SenderMatch.Find(
        senders, [Server3, Des10], addresses.ToDictionary(pair => pair.Node, IReadOnlyList<IPAddress> (pair) => [IPAddress.Parse(pair.Address)]), 150000).Select(pair => $"{pair.Key}={pair.Value.ProcessId}"));

    private static WalSender Sender(int id, string name, string address, string state = "streaming", string sent = "0/100") => new(id, name, address, state, WalPosition.TryParse(sent), WalPosition.TryParse(sent));

    private static PeerAnswer Answer(string node, string state, bool isHealthy, bool? isReceiving, int silent = 0, DateTimeOffset observedAt = default) =>
        new(node, new PeerFacts(1, "1", node, "", observedAt, new ServerFacts(state, isHealthy, null, null, null, null, null, isReceiving), []), observedAt, silent, null);

    private static Node NodeAt(string name, NodeKind kind, string address) => new(name, kind, address, 5442) { DataDirectory = "", SocketDirectory = "", BackupDirectory = "", SshPort = 22, SshUser = "" };
}
