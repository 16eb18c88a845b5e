using SispiAgent.Cluster;
using SispiAgent.Digest;
using SispiAgent.Peers;
using SispiAgent.Postgres;

namespace SispiAgent.Tests.Digest;

internal sealed class DigestAuthorTests
{
    [TestCase("server2", "primary", "server3:standby", ExpectedResult = true)]
    [TestCase("server3", "standby", "server2:primary", ExpectedResult = false)]
    [TestCase("server3", "primary", "server2:standby", ExpectedResult = true, TestName = "After a failover the new primary writes it")]
    [TestCase("server2", "standby", "server3:standby", ExpectedResult = true, TestName = "Without a primary the lowest name writes it")]
    [TestCase("server3", "standby", "server2:standby", ExpectedResult = false, TestName = "Without a primary the other does not")]
    [TestCase("server3", "standby", "server2:silent", ExpectedResult = true, TestName = "With the primary's agent gone the standby writes it")]
    [TestCase("server2", "", "server3:silent", ExpectedResult = true, TestName = "A host that is alone writes it, whatever its server is")]
    [TestCase("server2", "primary", "server3:primary", ExpectedResult = true, TestName = "Two primaries write two")]
    public bool Writes(string self, string role, string other) => DigestAuthor.Why(
        Node(self, NodeKind.Database), role switch { "primary" => ServerRole.Primary, "standby" => ServerRole.Standby, _ => null }, [Answer(other.Split(':')[0], other.Split(':')[1])]) is not null;

    [Test]
    public void The_web_host_never_writes_it() => Assert.That(DigestAuthor.Why(Node("system1", NodeKind.Web), null, []), Is.Null);

    private static PeerAnswer Answer(string node, string role) => role == "silent"
        ? new(node, null, null, 1, "silent")
        : new(node, new PeerFacts(1, "1", node, "", DateTimeOffset.UnixEpoch, new ServerFacts("Accepting", true, role, 150000, "7", 1, "0/3000000", null), []), DateTimeOffset.UnixEpoch, 0, null);

    private static Node Node(string name, NodeKind kind) => new(name, kind, name, 5442) { DataDirectory = "", SocketDirectory = "", BackupDirectory = "", SshPort = 22, SshUser = "postgres" };
}
