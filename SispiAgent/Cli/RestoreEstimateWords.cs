using System.Globalization;
using SispiAgent.BackupSets;
using SispiAgent.Findings;

namespace SispiAgent.Cli;

/// <summary>An estimate for people, with what it is worth.</summary>
internal static class RestoreEstimateWords
{
    /// <summary>The lines.</summary>
    /// <param name="estimate">The estimate, if there is one.</param>
    /// <param name="silent">The hosts that could not be asked for their drills.</param>
    public static IEnumerable<string> Of(RestoreEstimate? estimate, IReadOnlyList<string> silent)
    {
        if (estimate is null)
        {
            yield return $"No drill of this cluster has passed yet{(silent.Count > 0 ? $", as far as is known ({string.Join(", ", silent)} gave no answer)" : "")}: no estimate. On the standby's host: sispi-agent drill";
            yield break;
        }

        var newest = estimate.Drills[0];
        yield return $"About {DrillRates.Took(estimate.Total)} in all: the hashes {DrillRates.Took(estimate.Check)}, the restore {DrillRates.Took(estimate.Restore)}, the comparison {DrillRates.Took(estimate.Comparison)}.";
        yield return string.Create(CultureInfo.InvariantCulture, $"  By {(estimate.Drills.Count == 1 ? "the drill" : $"the last {estimate.Drills.Count} drills")}, {ByteSize.Words(estimate.BytesASecond)} a second; the newest: {newest.Set}, {newest.Began.UtcDateTime:yyyy-MM-dd} on {newest.Node}, {newest.Sessions} session{(newest.Sessions == 1 ? "" : "s")}.");
        yield return "  A step's time is that of one session. Drills run without fsync, on that host: another one, or one at work, takes other times.";
    }
}
