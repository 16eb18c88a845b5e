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
}
