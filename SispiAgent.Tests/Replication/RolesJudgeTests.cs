using SispiAgent.Cluster;
using SispiAgent.Postgres;
using SispiAgent.Replication;

namespace SispiAgent.Tests.Replication;

internal sealed class RolesJudgeTests
{
    // each server as "timeline@position identifier history"; a history as "timeline:fork,…", "-" where none could be read
    [TestCase("1@0/5000 7", "2@0/4000 7 1:0/3000", "server2", "server3's history leaves timeline 1 at 0/3000: server2 was left behind there and has written 8 kB since")]
    [TestCase("2@0/4000 7 1:0/3000", "1@0/5000 7", "server3", "server2's history leaves timeline 1 at 0/3000: server3 was left behind there and has written 8 kB since")]
    [TestCase("3@0/4000 7 1:0/3000,2:0/3800", "2@0/9000 7 1:0/3000", "server3", "server2's history leaves timeline 2 at 0/3800")]
    [TestCase("1@ 7", "2@0/4000 7 1:0/3000", "server2", "server2 was left behind there", Description = "what it has written is not known")]
    [TestCase("2@0/4000 7 1:0/3000", "2@0/9000 7 1:0/3500", null, "they were one up to 0/3000 on timeline 1", Description = "two promotions that are both 2")]
    [TestCase("2@0/4000 7 1:0/3000", "3@0/9000 7 1:0/3500", null, "they were one up to 0/3000 on timeline 1", Description = "a larger number is no proof")]
    [TestCase("1@0/4000 7", "1@0/9000 7", null, "can't be told", Description = "equal timelines: alarm only")]
    [TestCase("1@0/4000 7", "2@0/9000 7 -", null, "can't be told", Description = "no history could be read")]
    [TestCase("1@0/4000 7", "2@0/9000 8 1:0/3000", null, "their system identifiers differ", Description = "another cluster's history proves nothing")]
    [TestCase("1@0/5000 ?", "2@0/4000 ? 1:0/3000", "server2", "server2 was left behind there", Description = "identifiers not known (9.0 over SQL)")]
    [TestCase("?@ ?", "?@ ?", null, "can't be told")]
    public void Who_was_left_behind_only_a_history_file_proves(string first, string second, string? behind, string fork)
    {
        var (one, other) = (Primary("server2", first), Primary("server3", second));

        var found = RolesJudge.JudgePrimaries([one, other])!;

        Assert.That(RolesJudge.LeftBehind(one, other)?.Node.Name, Is.EqualTo(behind));
        Assert.That((found.Code, found.Subject, found.State), Is.EqualTo((RolesJudge.TwoPrimaries, "server2", behind is null ? "" : $"{behind} left behind")));
        Assert.That(found.Evidence[^1], Does.Contain(fork));
        Assert.That(found.Remedy[0], behind is null ? Does.StartWith("Decide which of them") : Does.StartWith($"On {behind}, ").And.Contain($"pg_ctl -D /{behind} -m fast stop"));
    }

    [TestCase("1@0/5000 7", "2@0/4000 7 1:0/3000", "3@0/6000 7 1:0/3000,2:0/3800", "server2 and server3")]
    [TestCase("3@0/6000 7 1:0/3000,2:0/3800", "2@0/4000 7 1:0/3000", "1@0/5000 7", "server3 and des10")]
    [TestCase("1@0/5000 7", "2@0/4000 7 1:0/3000", "2@0/6000 7 1:0/3100", "server2", Description = "the mirror was promoted too, and is not what goes on")]
    [TestCase("2@0/5000 7 1:0/2000", "2@0/4000 7 1:0/3000", "1@0/6000 7", null, Description = "two were promoted: which of them goes on can't be told")]
    public void Of_three_primaries_each_fork_is_told_and_those_are_stopped_that_another_has_left_behind(string first, string second, string third, string? behind)
    {
        var found = RolesJudge.JudgePrimaries([Primary("server2", first), Primary("server3", second), Primary("des10", third)])!;

        Assert.That(found.Summary, Is.EqualTo("3 primaries: server2, server3 and des10 accept writes"));
        Assert.That(found.Evidence.Skip(3).Select(line => line.Split(": ")[0]), Is.EqualTo(new[] { "server2 and server3", "server2 and des10", "server3 and des10" }));
        Assert.That(found.Remedy.Count(step => step.Contains("-m fast stop", StringComparison.Ordinal)), Is.EqualTo(behind is null ? 0 : 2));
        Assert.That(found.State, Is.EqualTo($"{behind ?? "des10"} left behind"));
        Assert.That(found.Remedy[0], behind is null ? Does.StartWith("Decide which of them") : Does.StartWith("On "));
    }

    [TestCase("1@0/5000 7", "2@0/4000 7 1:0/3000", Description = "although its history has left server2 behind")]
    [TestCase("1@0/5000 7", "1@0/4000 7", Description = "nothing proves who was left behind")]
    [TestCase("1@0/5000 7", "2@0/4000 8", Description = "it is another cluster")]
    public void A_promoted_mirror_is_what_is_stopped(string database, string mirror)
    {
        var found = RolesJudge.JudgePrimaries([Primary("server2", database), Primary("des10", mirror)])!;

        Assert.That(found.Remedy[0], Does.StartWith("des10 is a mirror, to which the observatory does not write. On des10, as PostgreSQL's user, stop its server at once"));
        Assert.That(found.Remedy.Count(step => step.Contains("-m fast stop", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(found.Remedy[^1], Does.StartWith("Then make it a standby of server2: "));
    }

    [TestCase("server2 primary, server3 standby", null)]
    [TestCase("server2 primary, server3 standby, des10 standby", null)]
    [TestCase("server2 standby, server3 standby", "replication.no-primary")]
    [TestCase("server2 standby", null, Description = "the other one is down or not seen: its own agent tells")]
    [TestCase("des10 standby", null)]
    [TestCase("server2 standby, server3 standby, des10 primary", "replication.no-primary", Description = "the observatory does not write to the mirror")]
    [TestCase("", null)]
    public void No_primary_is_told_only_where_every_database_host_is_seen_to_be_a_standby(string servers, string? code)
    {
        ServerView[] views = [.. servers.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(server => server.Split(' ')).Select(words => View(words[0], words[1] == "primary" ? ServerRole.Primary : ServerRole.Standby, "1@0/4000 7"))];

        Assert.That(RolesJudge.JudgeNone(views, 2)?.Code.Value, Is.EqualTo(code));
        Assert.That(RolesJudge.JudgePrimaries(views), Is.Null);
    }

    private static ServerView Primary(string name, string text) => View(name, ServerRole.Primary, text);

    private static ServerView View(string name, ServerRole role, string text)
    {
        var words = text.Split(' ');
        var (timeline, position) = (words[0].Split('@')[0], words[0].Split('@')[1]);
        long? number = timeline == "?" ? null : long.Parse(timeline, System.Globalization.CultureInfo.InvariantCulture);
        var node = new Node(name, name == "des10" ? NodeKind.Mirror : NodeKind.Database, name, 5442) { DataDirectory = "/" + name, SocketDirectory = "", BackupDirectory = "", SshPort = 22, SshUser = "" };
        return new(node, role, number, WalPosition.TryParse(position), words[1] == "?" ? null : words[1], 150000, "over SQL")
        {
            History = number is null || words is [_, _, "-"] ? null : new(number.Value, words.Length < 3 ? [] : [.. words[2].Split(',').Select(fork => fork.Split(':')).Select(fork => new TimelineFork(long.Parse(fork[0], System.Globalization.CultureInfo.InvariantCulture), WalPosition.TryParse(fork[1])!.Value))]),
        };
    }
}
