using System.Text.Json;
using SispiAgent.Platform;

namespace SispiAgent.BackupSets;

/// <summary>The drills of this host, in <c>agent.db</c>.</summary>
internal sealed class DrillBook(AgentDatabase database)
{
    /// <summary>Its table.</summary>
    public const string Migration = "CREATE TABLE drill (id INTEGER PRIMARY KEY AUTOINCREMENT, backup_set TEXT NOT NULL, began TEXT NOT NULL, verdict TEXT NOT NULL, result TEXT NOT NULL) STRICT;";

    /// <summary>Writes a drill down.</summary>
    public void Record(DrillResult result)
    {
        using var connection = database.Open();
        connection.Execute("INSERT INTO drill (backup_set, began, verdict, result) VALUES ($set, $began, $verdict, $result)",
            ("$set", result.Set), ("$began", SqliteCommands.Text(result.Began)), ("$verdict", result.Verdict.ToString()), ("$result", JsonSerializer.Serialize(result, ManifestFile.Options)));
    }

    /// <summary>The last drill that passed; <see langword="null"/> if none ever did.</summary>
    public DrillResult? Last() => Read("WHERE verdict = 'Passed' ORDER BY id DESC LIMIT 1") is [var last] ? last : null;

    /// <summary>The last drill, whatever it came to; <see langword="null"/> if there was none.</summary>
    public DrillResult? Latest() => Read("ORDER BY id DESC LIMIT 1") is [var last] ? last : null;

    /// <summary>The drills that passed, by their sets: when each was last proven by a restore.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> PassedBySet() => Read("WHERE verdict = 'Passed' ORDER BY id").GroupBy(result => result.Set).ToDictionary(group => group.Key, group => group.Last().Ended);

    /// <summary>The last drill of a set that passed; <see langword="null"/> if none did.</summary>
    public DrillResult? PassedOf(string set) => Read("WHERE verdict = 'Passed' ORDER BY id DESC").FirstOrDefault(result => result.Set == set);

    /// <summary>The newest drills that passed, for estimates: the newest first, without their remarks.</summary>
    public IReadOnlyList<DrillResult> Telling() => [.. Read(FormattableString.Invariant($"WHERE verdict = 'Passed' ORDER BY id DESC LIMIT {RestoreEstimate.MostDrills}")).Select(result => result with { Remarks = [] })];

    private IReadOnlyList<DrillResult> Read(string which)
    {
        using var connection = database.Open();
        return connection.Query($"SELECT result FROM drill {which}", row => JsonSerializer.Deserialize<DrillResult>(row.GetString(0), ManifestFile.Options)!);
    }
}
