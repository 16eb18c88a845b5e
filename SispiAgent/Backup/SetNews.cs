using System.Globalization;
using SispiAgent.BackupSets;
using SispiAgent.Findings;

namespace SispiAgent.Backup;

/// <summary>What is odd and what is new about a set beside those before it.</summary>
/// <param name="Odd">What somebody should look at, a line each.</param>
/// <param name="New">What is to be known, a line each.</param>
internal sealed record SetNews(IReadOnlyList<string> Odd, IReadOnlyList<string> New)
{
    /// <summary>So much longer than usual is worth a line.</summary>
    private static readonly TimeSpan LongerBy = TimeSpan.FromMinutes(10);

    /// <summary>Compares. Pure.</summary>
    /// <param name="now">The set.</param>
    /// <param name="earlier">The good sets of its cluster before it, the newest first.</param>
    public static SetNews Of(SetManifest now, IReadOnlyList<SetManifest> earlier)
    {
        List<string> odd = [], fresh = [];
        if (now.IsFromFormerPrimary)
            odd.Add($"The server was no longer the primary when the set was finished (timeline {now.Timeline}): the set is kept and does not count.");
        foreach (var window in now.Consistency.Where(shared => shared.Snapshot is null && shared.Files.Count > 1))
            odd.Add(window.Words);
        if (earlier.Count == 0)
            return new(odd, ["There is no earlier set of this cluster here to compare with.", .. now.Remarks]);
        var before = earlier[0];
        if (before.Timeline != now.Timeline)
            fresh.Add(string.Create(CultureInfo.InvariantCulture, $"The timeline is {now.Timeline}; last time it was {before.Timeline}: there was a failover in between."));
        if (before.ServerVersionNumber != now.ServerVersionNumber)
            fresh.Add($"The server is PostgreSQL {now.ServerVersion} now; last time it was {before.ServerVersion}.");
        var old = before.Databases.ToDictionary(database => database.Name);
        odd.AddRange(old.Keys.Except(now.Databases.Select(database => database.Name)).Select(name => $"Database {SqlName.Show(name)} is no longer there."));
        fresh.AddRange(now.Databases.Where(database => !old.ContainsKey(database.Name)).Select(database => $"New database: {SqlName.Show(database.Name)}, {ByteSize.Words(database.Bytes)}."));
        HashSet<(string Database, string Unit)> changed = [];
        foreach (var database in now.Databases.Where(database => old.ContainsKey(database.Name)))
        {
            var news = new TableNews(database, old[database.Name]);
            odd.AddRange(news.Odd());
            fresh.AddRange(news.New());
            changed.UnionWith(news.ChangedUnits().Select(unit => (database.Name, unit)));
        }

        odd.AddRange(FileSizes.Odd(now, earlier, changed));
        var took = now.Finished - now.Started;
        var usual = FileSizes.Median([.. earlier.Take(FileSizes.MostCompared).Select(set => (set.Finished - set.Started).Ticks)]);
        if (earlier.Count >= FileSizes.FewestCompared && took.Ticks > 2 * usual && took.Ticks - usual > LongerBy.Ticks)
            fresh.Add($"It took {Durations.Words(took)}; usual is {Durations.Words(TimeSpan.FromTicks(usual))}.");
        fresh.AddRange(now.Remarks.Except(before.Remarks).Select(remark => $"New remark: {remark}"));
        return new(odd, fresh);
    }
}
