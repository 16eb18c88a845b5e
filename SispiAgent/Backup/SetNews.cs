using System.Globalization;
using SispiAgent.BackupSets;

namespace SispiAgent.Backup;

/// <summary>What is new or odd about a set beside the one before it.</summary>
internal static class SetNews
{
    private const int MostNamed = 10;

    /// <summary>Compares.</summary>
    /// <returns>One fact a line.</returns>
    public static IReadOnlyList<string> Compare(SetManifest now, SetManifest? before)
    {
        List<string> news = [];
        if (now.IsFromFormerPrimary)
            news.Add($"The server was no longer the primary when the set was finished (timeline {now.Timeline}): it is kept and does not count.");
        news.AddRange(now.Remarks);
        if (before is null)
            return news;
        if (before.SystemIdentifier != now.SystemIdentifier)
            news.Add("This is another cluster than last time (system identifier): a new history begins, the old sets stay.");
        var old = before.Databases.ToDictionary(database => database.Name);
        news.AddRange(now.Databases.Where(database => !old.ContainsKey(database.Name)).Select(database => $"New database: {database.Name}"));
        news.AddRange(old.Keys.Except(now.Databases.Select(database => database.Name)).Select(name => $"Database {name} is no longer there."));
        foreach (var database in now.Databases.Where(database => old.ContainsKey(database.Name)))
            news.AddRange(Compare(database, old[database.Name]));
        return news;
    }

    private static IEnumerable<string> Compare(SetDatabase now, SetDatabase before)
    {
        static (string, string) Key(SetTable table) => (table.Schema, table.Name);
        var old = before.Tables.ToDictionary(Key);
        string[] fresh = [.. now.Tables.Where(table => !old.ContainsKey(Key(table))).Select(table => $"{table.Schema}.{table.Name}")];
        string[] gone = [.. old.Keys.Except(now.Tables.Select(Key)).Select(key => $"{key.Item1}.{key.Item2}")];
        if (fresh.Length > 0)
            yield return $"{now.Name}: {fresh.Length} new table{(fresh.Length == 1 ? "" : "s")}: {Some(fresh)}";
        if (gone.Length > 0)
            yield return $"{now.Name}: {gone.Length} table{(gone.Length == 1 ? " is" : "s are")} no longer there: {Some(gone)}";
        foreach (var table in now.Tables)
        {
            if (!old.TryGetValue(Key(table), out var last) || last.Rows is not > 0 || table.Rows is null)
                continue;
            if (table.Rows == 0)
                yield return string.Create(CultureInfo.InvariantCulture, $"{now.Name}: {table.Schema}.{table.Name} has no rows any more; last time it had {last.Rows}.");
            else if (table.Rows < last.Rows / 2)
                yield return string.Create(CultureInfo.InvariantCulture, $"{now.Name}: {table.Schema}.{table.Name} shrank from {last.Rows} rows to {table.Rows}.");
        }
    }

    private static string Some(string[] names) => string.Join(", ", names.Take(MostNamed)) + (names.Length > MostNamed ? ", …" : "");
}
