using SispiAgent.Cluster;
using SispiAgent.Liveness;
using SispiAgent.Postgres;

namespace SispiAgent.Tests.Liveness;

internal sealed class StandbyWordsTests
{
    [TestCase(ControlState.ShutDownInRecovery, "The primary goes on without it.", false)]
    [TestCase(ControlState.InRecovery, "The primary goes on without it.", false)]
    [TestCase(ControlState.InProduction, "no observation is recorded", true)]
    public void A_standby_that_is_down_does_not_stop_the_observatory(object state, string effect, bool speaksOfFailover)
    {
        var node = new Node("server3", NodeKind.Database, "server3", 5442) { DataDirectory = "/d", SocketDirectory = "", BackupDirectory = "/b", SshPort = 22, SshUser = "postgres" };
        var local = new LocalEvidence(null, null, [], new ControlFile((ControlState)state, "1", 1, null, null), null);

        var finding = LivenessJudge.Own(node, new ServerStatus("server3", TimeProvider.System.GetUtcNow(), Reach.Refusing) { Local = local })!;

        Assert.That(finding.Effect, Does.Contain(effect));
        Assert.That(string.Join(' ', finding.Remedy).Contains("failover", StringComparison.Ordinal), Is.EqualTo(speaksOfFailover));
    }

    [TestCase(Reach.Refusing, true, "The primary goes on without it.", false)]
    [TestCase(Reach.Refusing, false, "Nothing that needs this server works", true)]
    [TestCase(Reach.NotAnswering, true, "Clients connect and then hang. The primary goes on without it.", false)]
    [TestCase(Reach.NotPostgres, true, "The primary goes on without it.", false)]
    [TestCase(Reach.Full, true, "Clients that are connected go on", false)]
    [TestCase(Reach.BadCredentials, true, "The server works; the agent can't see into it", false)]
    public void What_is_lost_with_a_standby_is_said_by_kind(object reach, bool isStandby, string effect, bool speaksOfFailover)
    {
        var words = LivenessWords.For((Reach)reach, Standing.Unknown, "server3", "/d", 5442, isStandby);

        Assert.That(words.Effect, Does.StartWith(effect));
        Assert.That(words.Remedy.Any(line => line.Contains("failover", StringComparison.Ordinal)), Is.EqualTo(speaksOfFailover));
    }
}
