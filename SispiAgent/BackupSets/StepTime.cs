namespace SispiAgent.BackupSets;

/// <summary>What a step of a restore took.</summary>
/// <param name="Phase">What it did.</param>
/// <param name="Database">The set's database; <see langword="null"/> for what belongs to the whole server.</param>
/// <param name="File">The file that it read; <see langword="null"/> if it read none.</param>
/// <param name="Bytes">How large what it worked on is on the server; 0 where its size says nothing about its time.</param>
/// <param name="Took">How long it took.</param>
internal sealed record StepTime(RestorePhase Phase, string? Database, string? File, long Bytes, TimeSpan Took)
{
    /// <summary>A step with its time.</summary>
    /// <param name="manifest">The set.</param>
    /// <param name="step">The step.</param>
    /// <param name="source">The set's database, where it is restored under another name.</param>
    /// <param name="took">How long it took.</param>
    public static StepTime Of(SetManifest manifest, RestoreStep step, string? source, TimeSpan took)
    {
        var file = step.Program == "pg_restore" ? manifest.Files.FirstOrDefault(file => file.Name == step.Arguments[^1]) : null;
        var database = file?.Database ?? (step.Database is null ? null : source ?? step.Database);
        return new(step.Phase, database, file?.Name, Size(manifest, step.Phase, file, database), took);
    }

    /// <summary>Steps that worked on the same file in the same phase as one: a file's indexes are built in portions.</summary>
    public static IEnumerable<StepTime> Together(IEnumerable<StepTime> steps) => steps.GroupBy(step => (step.Phase, step.Database, step.File))
        .SelectMany(same => same.Key.File is null ? same.AsEnumerable() : [same.First() with { Took = DrillRates.Sum(same.Select(step => step.Took)) }]);

    private static long Size(SetManifest manifest, RestorePhase phase, SetFile? file, string? database) => phase switch
    {
        RestorePhase.Rows or RestorePhase.Definitions => Tables(manifest, database).Where(table => file?.Tables.Contains(table.Oid) == true).Sum(table => table.Bytes),
        RestorePhase.Constraints or RestorePhase.Statistics => Tables(manifest, database).Sum(table => table.Bytes),
        _ => 0,
    };

    private static IEnumerable<SetTable> Tables(SetManifest manifest, string? database) => manifest.Databases.Where(entry => database is null || entry.Name == database).SelectMany(entry => entry.Tables);
}
