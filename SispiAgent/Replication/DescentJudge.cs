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

    /// <summary>Judges whether replay goes on: the WAL arrives and nobody sees it.</summary>
    public static Finding? JudgeReplay(ServerView standby) => !standby.IsReplayPaused ? null : new Finding(ReplayPaused, standby.Node.Name, Severity.Warning, "replay is paused")
    {
        Evidence = [$"{standby.Node.Name} says so itself ({standby.Source}); it has received up to {standby.Position}"],
        Effect = "Queries there see old data, and a failover would first have to replay what has gathered; its disk fills with WAL.",
        Remedy = [$"On {standby.Node.Name}: SELECT {(standby.Version >= 100000 ? "pg_wal_replay_resume()" : "pg_xlog_replay_resume()")};"],
    };
}
