using SispiAgent.BackupSets;
using SispiAgent.Findings;

namespace SispiAgent.Restore;

/// <summary>Judges the drills of a host. Pure.</summary>
internal static class DrillJudge
{
    /// <summary>The last drill found that a set can't be restored as it should.</summary>
    public static readonly FindingCode Failed = new("drill.failed");

    /// <summary>The last drill could not be made on this host.</summary>
    public static readonly FindingCode Cannot = new("drill.cannot");

    /// <summary>No drill has passed for too long, or ever.</summary>
    public static readonly FindingCode Stale = new("drill.stale");

    private const int MostNamed = 20;

    /// <summary>Judges.</summary>
    /// <param name="node">The host.</param>
    /// <param name="latest">The last drill.</param>
    /// <param name="passed">The last one that passed.</param>
    /// <param name="since">Since when there have been sets to drill on this host; <see langword="null"/>: there are none.</param>
    /// <param name="now">Now.</param>
    /// <param name="staleAfter">How old the last passed drill may be.</param>
    public static IReadOnlyList<Finding> Judge(string node, DrillResult? latest, DrillResult? passed, DateTimeOffset? since, DateTimeOffset now, TimeSpan staleAfter)
    {
        List<Finding> findings = [];
        if (latest is { Verdict: DrillVerdict.Failed })
        {
            findings.Add(new Finding(Failed, node, Severity.Critical, "a backup set failed its restore drill")
            {
                State = latest.Set,
                Evidence = [$"set {latest.Set}, drilled {latest.Began.UtcDateTime:yyyy-MM-dd HH:mm} UTC", .. Some(latest.Problems)],
                Effect = "This set can't be restored as it was dumped. Older sets are kept.",
                Remedy = ["Is it this copy only? On the host that dumped it: sispi-agent backup verify --deep", "Then a new set, on the primary: sispi-agent backup run", "And the drill again, here: sispi-agent drill"],
            });
        }
        else if (latest is { Verdict: DrillVerdict.Cannot })
        {
            findings.Add(new Finding(Cannot, node, Severity.Warning, "this host can't make the restore drill")
            {
                Evidence = [$"set {latest.Set}, tried {latest.Began.UtcDateTime:yyyy-MM-dd HH:mm} UTC", .. Some(latest.Problems)],
                Effect = "Nothing is known against the set; that it can be restored is not proven either.",
                Remedy = ["Install or free what is named above, on this host.", "Then: sispi-agent drill"],
            });
        }

        var age = now - (passed?.Ended ?? since ?? now);
        if (age > staleAfter)
        {
            findings.Add(new Finding(Stale, node, Severity.Warning, passed is null ? "no restore drill has ever passed" : "no restore drill has passed for too long")
            {
                State = passed is null ? "never" : "stale",
                Evidence = [passed is null ? $"sets have been here for {Durations.Words(age)}" : $"the last one that passed: {passed.Set}, {Durations.Words(age)} ago", $"allowed: {Durations.Words(staleAfter)} (Restore:DrillStaleAfter)"],
                Effect = "Whether the backup can be restored is a hope.",
                Remedy = ["Now, on this host: sispi-agent drill", "When it runs by itself: sispi-agent schedule list, key Drill"],
            });
        }

        return findings;
    }

    private static IEnumerable<string> Some(IReadOnlyList<string> problems) => problems.Count <= MostNamed ? problems : [.. problems.Take(MostNamed), $"and {problems.Count - MostNamed} more: sispi-agent drill shows them all"];
}
