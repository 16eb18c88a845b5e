namespace SispiAgent.BackupSets;

/// <summary>When the phases of a run ended, so that it can be seen what costs time. From the manifest's <see cref="SetManifest.Started"/> on.</summary>
/// <param name="Dumped">The last dump file was closed.</param>
/// <param name="Counted">The rows were counted and digested.</param>
/// <param name="Read">Every dump was read back.</param>
internal sealed record SetPhases(DateTimeOffset Dumped, DateTimeOffset Counted, DateTimeOffset Read);
