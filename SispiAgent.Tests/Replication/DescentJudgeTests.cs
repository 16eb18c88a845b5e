using System.Globalization;
using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.Postgres;
using SispiAgent.Replication;

namespace SispiAgent.Tests.Replication;

internal sealed class DescentJudgeTests
{
    // the standby has replayed "timeline@position …"; the primary is on timeline 3, which left 2 at 0/3800, which left 1 at 0/3000
    [TestCase("1@0/2000", null)]
    [TestCase("1@0/3000", null, Description = "exactly up to the fork")]
    [TestCase("1@0/3001", "replication.other-timeline", Description = "ahead of the fork")]
    [TestCase("1@0/2000 2@0/3800", null)]
    [TestCase("1@0/2000 2@0/3900", "replication.other-timeline", Description = "the end that recovery needs counts too")]
    [TestCase("3@0/9000", null)]
    [TestCase("4@0/2000", "replication.other-timeline", Description = "none of the primary's ancestors")]
    [TestCase("", null, Description = "nothing is known of it")]
    public void A_standby_can_go_on_only_if_nothing_of_it_lies_behind_the_fork(string replayed, string? code)
    {
        var standby = View("server3", ServerRole.Standby) with { ReplayPoints = Points(replayed) };
        var primary = View("server2", ServerRole.Primary) with { Timeline = 3, History = new(3, [new(1, At("0/3000")), new(2, At("0/3800"))]) };

        var found = DescentJudge.Judge(standby, primary);

        Assert.That(found?.Code.Value, Is.EqualTo(code));
        Assert.That(found?.Subject ?? "server3", Is.EqualTo("server3"));
        Assert.That(DescentJudge.Judge(standby with { IsReceiving = true }, primary), Is.Null, "it receives: it is on its way");
        Assert.That(DescentJudge.Judge(standby, primary with { History = null }), Is.Null, "no history could be read");
        Assert.That(DescentJudge.Judge(standby, primary with { Timeline = null, History = null }), Is.Null);
    }

    [TestCase("7", "7", null)]
    [TestCase("7", "8", "replication.other-cluster")]
    [TestCase(null, "8", null)]
    [TestCase("7", null, null)]
    [TestCase(null, null, null)]
    public void A_copy_of_another_cluster_is_told_where_both_identifiers_are_known(string? standby, string? primary, string? code) =>
        Assert.That(DescentJudge.Judge(View("server3", ServerRole.Standby) with { SystemIdentifier = standby }, View("server2", ServerRole.Primary) with { SystemIdentifier = primary })?.Code.Value, Is.EqualTo(code));

    [TestCase(90100, "pg_xlog_replay_resume()")]
    [TestCase(90600, "pg_xlog_replay_resume()")]
    [TestCase(100000, "pg_wal_replay_resume()")]
    public void Paused_replay_is_told_with_the_function_of_the_version(int version, string function)
    {
        var standby = View("des10", ServerRole.Standby) with { Version = version };

        Assert.That(DescentJudge.JudgeReplay(standby, new(), []), Is.Null);
        var found = DescentJudge.JudgeReplay(standby with { IsReplayPaused = true }, new(), [])!;
        Assert.That((found.Code, found.Severity), Is.EqualTo((DescentJudge.ReplayPaused, Severity.Warning)));
        Assert.That(found.Remedy, Has.Some.Contains(function));
    }

    [TestCase("0/4000", "Warning", "replay is paused", "0 bytes behind")]
    [TestCase("0/40004000", "Critical", "replay is paused, and more has gathered than the critical limit", "1 GB behind")]
    public void What_gathers_while_replay_is_paused_is_told_with_it(string received, string severity, string summary, string behind)
    {
        var found = DescentJudge.JudgeReplay(View("des10", ServerRole.Standby) with { IsReplayPaused = true, Position = At(received), Replayed = At("0/4000") }, new(), [])!;

        Assert.That((found.Severity.ToString(), found.Summary), Is.EqualTo((severity, summary)));
        Assert.That(found.Evidence[0], Does.EndWith(behind));
    }

    private static ReplayPoint[] Points(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(point => point.Split('@')).Select(point => new ReplayPoint(long.Parse(point[0], CultureInfo.InvariantCulture), At(point[1])))];

    private static WalPosition At(string text) => WalPosition.TryParse(text)!.Value;

    private static ServerView View(string name, ServerRole role) =>
        new(new Node(name, NodeKind.Database, name, 5442) { DataDirectory = "/data", SocketDirectory = "", BackupDirectory = "", SshPort = 22, SshUser = "" }, role, 1, At("0/4000"), "7", 150000, "over SQL");
}
