namespace SispiAgent.BackupSets;

/// <summary>What a backup set holds and how it was made: <c>manifest.json</c>. Times are UTC.</summary>
/// <param name="Schema">The format's number, 1.</param>
/// <param name="Origin">The node that dumped it.</param>
/// <param name="Name">The set's name.</param>
/// <param name="SystemIdentifier">The cluster's identifier; a new one (pg_upgrade) begins a new history.</param>
/// <param name="Timeline">The timeline of the server then.</param>
/// <param name="ServerVersion">As the server calls it.</param>
/// <param name="ServerVersionNumber">As <c>server_version_num</c> has it.</param>
/// <param name="AgentVersion">Who made it.</param>
/// <param name="ClientVersion">The version of pg_dump.</param>
/// <param name="Started">When the run began.</param>
/// <param name="Finished">When the last file was verified.</param>
/// <param name="LowestPgRestore">The lowest version of pg_restore that reads the dumps.</param>
/// <param name="LowestPsql">The lowest version of psql that reads the globals.</param>
/// <param name="Databases">The databases, with their tables.</param>
/// <param name="Files">Every file but the manifest and <c>SHA256SUMS</c>.</param>
/// <param name="Consistency">Which files share which point in time.</param>
/// <param name="Remarks">What is to be known about it: warnings of pg_dump, what the version could not do.</param>
internal sealed record SetManifest(
    int Schema, string Origin, string Name, string SystemIdentifier, long Timeline, string ServerVersion, int ServerVersionNumber, string AgentVersion, string ClientVersion,
    DateTimeOffset Started, DateTimeOffset Finished, string LowestPgRestore, string LowestPsql,
    IReadOnlyList<SetDatabase> Databases, IReadOnlyList<SetFile> Files, IReadOnlyList<SetConsistency> Consistency, IReadOnlyList<string> Remarks)
{
    /// <summary>The number of the format that this agent writes.</summary>
    public const int CurrentSchema = 1;

    /// <summary>Whether the server had stopped being the primary when the set was finished: it is kept, and never makes others be pruned.</summary>
    public bool IsFromFormerPrimary { get; init; }

    /// <summary>When its phases ended; <see langword="null"/> in sets of agents before 0.2.</summary>
    public SetPhases? Phases { get; init; }

    /// <summary>The size of all files.</summary>
    public long Bytes => Files.Sum(file => file.Bytes);
}
