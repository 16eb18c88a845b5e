using System.Globalization;
using SispiAgent.Findings;

namespace SispiAgent.Replication;

/// <summary>Judges whether a standby or mirror is a copy of the primary and can go on along its history. Pure.</summary>
internal static class DescentJudge
{
    /// <summary>A standby or mirror belongs to another cluster.</summary>
    public static readonly FindingCode OtherCluster = new("replication.other-cluster");

    /// <summary>A standby or mirror is on a timeline that the primary's history has left.</summary>
    public static readonly FindingCode OtherTimeline = new("replication.other-timeline");

    /// <summary>Replay is paused on a standby or mirror.</summary>
    public static readonly FindingCode ReplayPaused = new("replication.replay-paused");

    /// <summary>From here on a hot standby whose settings are too small pauses instead of shutting down (release notes of 14).</summary>
    private const int PausesItself = 140000;

    /// <summary>Judges one.</summary>
    public static Finding? Judge(ServerView standby, ServerView primary)
    {
        if (standby.SystemIdentifier is { } theirs && primary.SystemIdentifier is { } ours && theirs != ours)
        {
            return new Finding(OtherCluster, standby.Node.Name, Severity.Critical, "is a copy of another cluster")
            {
                Evidence = [$"{standby.Node.Name}: system identifier {theirs}", $"{primary.Node.Name}, the primary: {ours}"],
                Effect = "It can never receive the primary's WAL: it is no standby of it.",
                Remedy = [$"Re-sync {standby.Node.Name} from {primary.Node.Name} (guide, Database Replication, step 3)."],
            };
        }

        if (primary is not { Timeline: { } timeline, History: { } history } || standby.IsReceiving is true || standby.ReplayPoints.FirstOrDefault(point => !history.Contains(point.Timeline, point.Position, primary.Version)) is not { } astray)
            return null;
        var fork = history.ForkFrom(astray.Timeline);
        return new Finding(OtherTimeline, standby.Node.Name, Severity.Critical, "is on a timeline that the primary has left")
        {
            Evidence =
            [
                $"{standby.Node.Name} has replayed {astray.Position} of timeline {astray.Timeline}",
                fork is { } at ? $"{primary.Node.Name}, the primary on timeline {timeline}, left timeline {astray.Timeline} at {at}, before that" : $"{primary.Node.Name}, the primary on timeline {timeline}, does not descend from timeline {astray.Timeline}",
            ],
            Effect = $"It holds changes that the primary does not have, and can't follow it any more.",
            Remedy =
            [
                primary.Version >= 90500
                    ? $"pg_rewind (9.5 and later, with wal_log_hints or checksums) or a re-sync of {standby.Node.Name} from {primary.Node.Name}."
                    : $"A re-sync of {standby.Node.Name} from {primary.Node.Name} (guide, Database Replication, step 3).",
                "If its changes matter, copy its data directory first.",
            ],
        };
    }

    /// <summary>Judges whether replay goes on: the WAL arrives and nobody sees it. How far behind that puts it is told here, and as no lag besides.</summary>
    /// <param name="standby">The standby or mirror.</param>
    /// <param name="limits">The limits of what gathers.</param>
    /// <param name="shorts">Its settings that are smaller than the primary's: resumed with them it shuts down, and from 14 on it has paused by itself for them.</param>
    public static Finding? JudgeReplay(ServerView standby, ReplicationOptions limits, IReadOnlyList<ShortSetting> shorts)
    {
        if (!standby.IsReplayPaused)
            return null;
        var name = standby.Node.Name;
        var behind = standby is { Position: { } received, Replayed: { } replayed } ? Math.Max(0, received.BytesSince(replayed, standby.Version)) : 0;
        var isCritical = behind >= limits.CriticalBytes;
        return new Finding(ReplayPaused, name, isCritical ? Severity.Critical : Severity.Warning, $"{Summary(standby, shorts)}{(isCritical ? ", and more has gathered than the critical limit" : "")}")
        {
            State = shorts.Count > 0 ? "settings" : "",
            Evidence =
            [
                $"{name} says so itself ({standby.Source}); it has received up to {standby.Position}{(standby.Replayed is { } at ? $" and replayed up to {at}: {ByteSize.Words(behind)} behind" : "")}",
                .. shorts.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Name}: {name} {one.Has}, the primary {one.Needs}")),
                .. isCritical ? [$"limit: critical {ByteSize.Words(limits.CriticalBytes)} (Replication:CriticalBytes)"] : Array.Empty<string>(),
            ],
            Effect = "Queries there see old data, and a failover would first have to replay what has gathered; its disk fills with WAL.",
            Remedy = Remedy(standby, shorts),
        };
    }

    private static string Summary(ServerView standby, IReadOnlyList<ShortSetting> shorts) => shorts.Count == 0 ? "replay is paused"
        : $"replay {(standby.Version >= PausesItself ? "has stopped by itself" : "is paused")}: {string.Join(" and ", shorts.Select(one => one.Name))} {(shorts.Count == 1 ? "is" : "are")} smaller than the primary's";

    private static IReadOnlyList<string> Remedy(ServerView standby, IReadOnlyList<ShortSetting> shorts)
    {
        var (name, resume) = (standby.Node.Name, standby.Version >= 100000 ? "pg_wal_replay_resume()" : "pg_xlog_replay_resume()");
        return shorts.Count == 0 ? [$"On {name}: SELECT {resume};"] :
        [
            .. shorts.Select(one => one.Raise(name)),
            $"Then restart {name}, the standby alone; that ends the pause too: pg_ctl restart -m fast -D {(standby.Node.DataDirectory.Length > 0 ? standby.Node.DataDirectory : "$PGDATA")}",
            $"Don't resume replay before that: {resume} shuts the server down while they are smaller.",
        ];
    }
}
