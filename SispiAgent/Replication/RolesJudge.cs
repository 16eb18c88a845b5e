using System.Globalization;
using SispiAgent.Findings;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>Judges that there is exactly one primary. Pure.</summary>
internal static class RolesJudge
{
    /// <summary>Two servers accept writes.</summary>
    public static readonly FindingCode TwoPrimaries = new("replication.two-primaries");

    /// <summary>Every database server is a standby.</summary>
    public static readonly FindingCode NoPrimary = new("replication.no-primary");

    /// <summary>Judges the primaries. The subject stays the same while more becomes known of them.</summary>
    public static Finding? JudgePrimaries(IReadOnlyList<ServerView> views)
    {
        ServerView[] primaries = [.. views.Where(view => view.Role is ServerRole.Primary)];
        if (primaries.Length < 2)
            return null;
        ServerView[] behind = [.. primaries.Where(view => primaries.Any(other => other != view && LeftBehind(view, other) == view))];
        var goesOn = GoesOn(primaries, behind);
        var isPair = primaries.Length == 2;
        return new Finding(TwoPrimaries, primaries[0].Node.Name, Severity.Critical, $"{(isPair ? "two" : primaries.Length.ToString(CultureInfo.InvariantCulture))} primaries: {Names(primaries)} accept writes")
        {
            State = behind.Length == 0 ? "" : $"{Names(behind)} left behind",
            Evidence =
            [
                .. primaries.Select(Describe),
                .. from one in primaries from other in primaries.SkipWhile(view => view != one).Skip(1) select (isPair ? "" : $"{one.Node.Name} and {other.Node.Name}: ") + Fork(one, other),
            ],
            Effect = $"Programs may write to {(isPair ? "either" : "any")}; what is written to one is missing in the {(isPair ? "other" : "others")}, and can't be merged by PostgreSQL. Every minute makes it more.",
            Remedy =
            [
                .. goesOn is null
                    ? [$"Decide which of them holds the observatory's writes: look at the newest rows of exposure and telemetry on {(isPair ? "both" : "all")}. Then stop the {(isPair ? "other" : "others")} at once."]
                    : primaries.Where(view => view != goesOn).Select(view => $"{(IsMirror(view) ? $"{view.Node.Name} is a mirror, to which the observatory does not write. " : "")}On {view.Node.Name}, as PostgreSQL's user, stop its server at once unless you know that the programs write there: pg_ctl -D {(view.Node.DataDirectory.Length > 0 ? view.Node.DataDirectory : "$PGDATA")} -m fast stop"),
                $"Keep the data {(isPair ? "directory" : "directories")} of what you stop: what was written there after the fork is nowhere else.",
                $"Then make {(isPair ? "it a standby" : "them standbys")} of {goesOn?.Node.Name ?? (isPair ? "the other" : "the one that goes on")}: re-sync (guide, Database Replication, step 3). Nothing is stopped by the agent.",
            ],
        };
    }

    /// <summary>
    /// Judges that there is none: told only where every database server is seen to be a standby; one that is down its own agent tells. A mirror
    /// that was promoted is no primary that the observatory writes to, but it is named.
    /// </summary>
    public static Finding? JudgeNone(IReadOnlyList<ServerView> views, int databaseServers)
    {
        ServerView[] standbys = [.. views.Where(view => view.Node.Kind is Cluster.NodeKind.Database && view.Role is ServerRole.Standby)];
        if (standbys.Length < databaseServers)
            return null;
        return new Finding(NoPrimary, standbys[0].Node.Name, Severity.Critical, "no primary: every database server is a standby")
        {
            Evidence = [.. standbys.Concat(views.Where(view => view.Role is ServerRole.Primary)).Select(Describe)],
            Effect = "Nothing can be written: the observatory's programs fail.",
            Remedy =
            [
                "The one that was the primary last, or has received furthest, becomes the primary: compare the positions above.",
                "Up to 11: its recovery.conf made it a standby at its start; create its trigger file. From 12 on: standby.signal did; pg_ctl promote (SELECT pg_promote()).",
            ],
        };
    }

    /// <summary>Whose timeline the other's history file names as its past: the only proof. A larger number is none.</summary>
    internal static ServerView? LeftBehind(ServerView one, ServerView other) =>
        one.SystemIdentifier != other.SystemIdentifier && one.SystemIdentifier is not null && other.SystemIdentifier is not null ? null
        : one.Timeline == other.Timeline ? null
        : other.Timeline is { } theirs && one.History?.ForkFrom(theirs) is not null ? other
        : one.Timeline is { } ours && other.History?.ForkFrom(ours) is not null ? one
        : null;

    /// <summary>The one that nothing speaks against: a promoted mirror is a mistake, also where it has left the primary behind; of database hosts the one that has left all others behind.</summary>
    private static ServerView? GoesOn(ServerView[] primaries, ServerView[] behind)
    {
        ServerView[] written = [.. primaries.Where(view => !IsMirror(view))];
        if (written.Length < 2)
            return written is [var only] ? only : primaries.Except(behind).ToArray() is [var newest] ? newest : null;
        return written.Where(view => written.All(other => other == view || LeftBehind(view, other) == other)).ToArray() is [var ahead] ? ahead : null;
    }

    private static bool IsMirror(ServerView view) => view.Node.Kind is Cluster.NodeKind.Mirror;

    private static string Names(ServerView[] views) => views.Length < 2 ? string.Concat(views.Select(view => view.Node.Name))
        : $"{string.Join(", ", views.SkipLast(1).Select(view => view.Node.Name))} and {views[^1].Node.Name}";

    private static string Describe(ServerView view) => FormattableString.Invariant(
        $"{view.Node.Name} is a {(view.Role is ServerRole.Primary ? "primary" : "standby")} ({view.Source}), timeline {view.Timeline?.ToString(CultureInfo.InvariantCulture) ?? "unknown"}, at {view.Position?.ToString() ?? "an unknown position"}, system identifier {view.SystemIdentifier ?? "unknown"}");

    private static string Fork(ServerView one, ServerView other)
    {
        if (one.SystemIdentifier is { } first && other.SystemIdentifier is { } second && first != second)
            return "their system identifiers differ: they are not copies of each other";
        if (LeftBehind(one, other) is { } behind)
        {
            var newer = behind == one ? other : one;
            var fork = newer.History!.ForkFrom(behind.Timeline!.Value)!.Value;
            return $"{newer.Node.Name}'s history leaves timeline {behind.Timeline} at {fork}: {behind.Node.Name} was left behind there"
                + (behind.Position is { } position ? $" and has written {ByteSize.Words(Math.Max(0, position.BytesSince(fork, behind.Version)))} since, which {newer.Node.Name} does not have" : "");
        }

        var common = (one.History?.Ancestors ?? []).Join(other.History?.Ancestors ?? [], fork => fork.Timeline, fork => fork.Timeline, (mine, theirs) => (mine.Timeline, Fork: mine.Fork.BytesSince(theirs.Fork, one.Version) < 0 ? mine.Fork : theirs.Fork)).ToList();
        return common.Count == 0
            ? "which of them was left behind can't be told: neither's history file could be read, or names the other's timeline"
            : $"they were one up to {common[^1].Fork} on timeline {common[^1].Timeline}; neither's history names the other's timeline, so which one was left behind can't be told from it";
    }
}
