using SispiAgent.Findings;

namespace SispiAgent.Room;

/// <summary>Tells a restart of the server from a crash inside it. Pure.</summary>
internal static class StartJudge
{
    /// <summary>The server was started again.</summary>
    public static readonly FindingCode Restarted = new("room.restarted");

    /// <summary>A process of the server died, and with it every session.</summary>
    public static readonly FindingCode Crashed = new("room.crashed");

    /// <summary>A checkpointer that is born so soon after its postmaster belongs to its start (a standby's too).</summary>
    private static readonly TimeSpan Birth = TimeSpan.FromSeconds(30);

    /// <summary>A server that was found down before that was up again in between: another incident.</summary>
    private static readonly TimeSpan JustBefore = TimeSpan.FromMinutes(10);

    /// <summary>Judges the starts of late.</summary>
    /// <param name="node">This host.</param>
    /// <param name="postmasters">When postmasters began, oldest first; the first that was ever seen is no restart.</param>
    /// <param name="checkpointers">The same of checkpointers; empty where they can't be seen (before 10).</param>
    /// <param name="down">When liveness found the server down: a start after two such looks in a row has been told already.</param>
    /// <param name="from">What was before is not told any more.</param>
    /// <param name="zone">The zone of the times that people read.</param>
    public static Finding? Judge(string node, IReadOnlyList<DateTimeOffset> postmasters, IReadOnlyList<DateTimeOffset> checkpointers, IReadOnlyList<DateTimeOffset> down, DateTimeOffset from, TimeZoneInfo zone)
    {
        DateTimeOffset[] crashes = [.. checkpointers.Skip(1).Where((at, index) => at >= from && !IsBornWith(postmasters.LastOrDefault(start => start <= at), checkpointers[index], at, down))];
        DateTimeOffset[] restarts = [.. postmasters.Skip(1).Where((at, index) => at >= from && !IsTold(postmasters[index], at, down))];
        string[] evidence =
        [
            .. crashes.Select(at => $"every session was reset {Durations.SiteTime(at, zone, withSeconds: true)}: the checkpointer is new, the postmaster is not"),
            .. restarts.Select(at => $"the server was started {Durations.SiteTime(at, zone, withSeconds: true)}"),
        ];
        if (crashes.Length > 0)
        {
            return new(Crashed, node, Severity.Critical, "a process of the server died, every session was reset")
            {
                State = "crashed",
                Evidence = evidence,
                Effect = "What was not committed is rolled back; programs that don't connect again by themselves stand still.",
                Remedy = ["Why: the server's log of that moment, and the kernel's: dmesg -T | grep -i -E 'oom|segfault|killed process'", "Do all programs work again?"],
            };
        }

        return restarts.Length == 0 ? null : new(Restarted, node, Severity.Warning, "the server was started again")
        {
            State = "restarted",
            Evidence = evidence,
            Effect = "Every session was ended; programs that don't connect again by themselves stand still.",
            Remedy = ["If nobody did it on purpose: the server's log before that moment, journalctl, and the kernel's log say why.", "Do all programs work again?"],
        };
    }

    /// <summary>Whether liveness has told of it: an alert is raised by the second look.</summary>
    private static bool IsTold(DateTimeOffset before, DateTimeOffset at, IReadOnlyList<DateTimeOffset> down) => down.Count(look => look > before && look > at - JustBefore && look < at + Birth) >= 2;

    /// <summary>
    /// Whether a checkpointer came with its postmaster: with none before it, and soon after it. Up to 14 a primary that recovers from a crash has
    /// none until that is done: then the server let nobody in before.
    /// </summary>
    private static bool IsBornWith(DateTimeOffset postmaster, DateTimeOffset before, DateTimeOffset at, IReadOnlyList<DateTimeOffset> down) =>
        before < postmaster && (at - postmaster < Birth || down.Any(look => look >= postmaster && look <= at));
}
