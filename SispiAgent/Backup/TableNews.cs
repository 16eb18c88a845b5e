using System.Globalization;
using SispiAgent.BackupSets;
using SispiAgent.Findings;

namespace SispiAgent.Backup;

/// <summary>What became of a database's tables since the set before: rows that vanished, new, gone and moved ones. Pure.</summary>
internal sealed class TableNews
{
    private const int MostNamed = 8;

    /// <summary>Fewer rows than this may come and go.</summary>
    private const long FewestRows = 100;

    private readonly SetDatabase _now, _before;
    private readonly (SetTable Now, SetTable Before)[] _both;
    private readonly SetTable[] _fresh, _gone;

    /// <param name="now">The database in the set.</param>
    /// <param name="before">The same in the set before.</param>
    public TableNews(SetDatabase now, SetDatabase before)
    {
        (_now, _before) = (now, before);
        var old = before.Tables.ToDictionary(Key);
        _both = [.. now.Tables.Where(table => old.ContainsKey(Key(table))).Select(table => (table, old[Key(table)]))];
        _fresh = [.. now.Tables.Where(table => !old.ContainsKey(Key(table)))];
        _gone = [.. before.Tables.ExceptBy(now.Tables.Select(Key), Key)];
    }

    private static bool Lost(SetTable now, SetTable before) => before.Rows is { } had && now.Rows is { } has && (has == 0 ? had > 0 : has < had / 2 && had - has >= FewestRows);

    /// <summary>What somebody should look at.</summary>
    public IEnumerable<string> Odd()
    {
        foreach (var line in Some(_both.Where(pair => Lost(pair.Now, pair.Before)).OrderByDescending(pair => pair.Before.Rows).Select(pair => pair.Now.Rows == 0
            ? $"{Name(pair.Now)} has no rows any more; last time it had {Number(pair.Before.Rows)}."
            : $"{Name(pair.Now)} shrank from {Number(pair.Before.Rows)} to {Number(pair.Now.Rows)} rows.")))
            yield return line;
        foreach (var line in Some(_gone.Where(table => table.Rows > 0).OrderByDescending(table => table.Rows).Select(table => $"{Name(table)} is no longer there; last time it had {Number(table.Rows)} rows.")))
            yield return line;
        if (_before.LargeObjects > 0 && _now.LargeObjects is { } has && has < _before.LargeObjects / 2)
            yield return $"{SqlName.Show(_now.Name)}: {Number(has)} large objects; last time there were {Number(_before.LargeObjects)}.";
    }

    /// <summary>What is to be known.</summary>
    public IEnumerable<string> New()
    {
        if (_fresh.Length > 0)
            yield return $"{SqlName.Show(_now.Name)}: {_fresh.Length} new table{(_fresh.Length == 1 ? "" : "s")}: {Names(_fresh)}.";
        if (_gone.Where(table => table.Rows is not > 0).ToArray() is { Length: > 0 } empty)
            yield return $"{SqlName.Show(_now.Name)}: {empty.Length} table{(empty.Length == 1 ? "" : "s")} without rows no longer there: {Names(empty)}.";
        var large = Moved().Where(pair => IsSingle(pair.Now.Unit)).ToArray();
        foreach (var unit in large.GroupBy(pair => pair.Now.Unit!))
            yield return $"{SqlName.Show(_now.Name)}: {unit.Key} is large now and has a file of its own ({ByteSize.Words(unit.Sum(pair => pair.Now.Bytes))}); before it was in {unit.First().Before.Unit}.";
        foreach (var move in Moved().Where(pair => !IsSingle(pair.Now.Unit)).GroupBy(pair => (pair.Before.Unit, pair.Now.Unit)))
            yield return $"{SqlName.Show(_now.Name)}: moved from {move.Key.Item1} to {move.Key.Item2}: {Names([.. move.Select(pair => pair.Now)])}.";
    }

    /// <summary>The units that hold other tables than last time.</summary>
    public IEnumerable<string> ChangedUnits() =>
        Moved().SelectMany(pair => new[] { pair.Now.Unit!, pair.Before.Unit! }).Concat(_fresh.Where(table => table.Unit is not null).Select(table => table.Unit!)).Concat(_gone.Where(table => table.Unit is not null).Select(table => table.Unit!)).Distinct();

    private IEnumerable<(SetTable Now, SetTable Before)> Moved() => _both.Where(pair => pair.Now.Unit is not null && pair.Before.Unit is not null && pair.Now.Unit != pair.Before.Unit);

    private bool IsSingle(string? unit) => _now.Units.Any(entry => entry.Name == unit && entry.Kind is UnitKind.Tables) && unit!.StartsWith("table ", StringComparison.Ordinal);

    private static (string, string) Key(SetTable table) => (table.Schema, table.Name);

    private string Name(SetTable table) => $"{SqlName.Show(_now.Name)}: {SqlName.Show(table.Schema, table.Name)}";

    private static string Names(SetTable[] tables) => string.Join(", ", tables.Take(MostNamed).Select(table => SqlName.Show(table.Schema, table.Name))) + (tables.Length > MostNamed ? $" and {tables.Length - MostNamed} more" : "");

    private static string[] Some(IEnumerable<string> lines)
    {
        string[] all = [.. lines];
        return all.Length <= MostNamed ? all : [.. all.Take(MostNamed), $"… and {all.Length - MostNamed} more like these; sispi-agent backup show names every table with its rows."];
    }

    private static string Number(long? value) => (value ?? 0).ToString("N0", CultureInfo.InvariantCulture);
}
