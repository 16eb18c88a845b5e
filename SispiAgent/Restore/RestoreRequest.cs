using SispiAgent.BackupSets;

namespace SispiAgent.Restore;

/// <summary>What is to be restored. It is written into the journal, so that <c>--resume</c> needs no second telling.</summary>
/// <param name="SetFolder">The set's folder.</param>
/// <param name="Database">One database; <see langword="null"/>: everything.</param>
internal sealed record RestoreRequest(string SetFolder, string? Database)
{
    /// <summary>Another name for the database there; <see langword="null"/>: its own.</summary>
    public string? As { get; init; }

    /// <summary>Schemas of the database, instead of all of it.</summary>
    public IReadOnlyList<string> Schemas { get; init; } = [];

    /// <summary>Tables of the database, instead of all of it.</summary>
    public IReadOnlyList<SetView> Tables { get; init; } = [];

    /// <summary>Whether tables go into a schema of their own beside the living ones.</summary>
    public bool IsBeside { get; init; }

    /// <summary>Whether a database that is there already is renamed and kept, to make room.</summary>
    public bool Replaces { get; init; }

    /// <summary>Whether tablespaces are left out: everything goes where the server's default is.</summary>
    public bool NoTablespaces { get; init; }

    /// <summary>Whether roles of the set that the server lacks are made; for everything they always are.</summary>
    public bool WithRoles { get; init; }

    /// <summary>Whether only parts of a database are asked for.</summary>
    public bool IsPartial => Schemas.Count > 0 || Tables.Count > 0;

    /// <summary>The database's name there.</summary>
    public string Target => As ?? Database ?? "";

    /// <summary>The schema of tables that come back beside the living ones.</summary>
    public static string BesideSchema(SetManifest manifest) => $"restored_{manifest.Name.ToLowerInvariant()}";

    /// <summary>The steps for everything, or for a whole database.</summary>
    public IReadOnlyList<RestoreStep> Steps(SetManifest manifest) => Database is null ? RestorePlan.Everything(manifest) : RestorePlan.One(manifest, Find(manifest), As);

    /// <summary>The database in a manifest.</summary>
    /// <exception cref="AgentException">It is not in it.</exception>
    public SetDatabase Find(SetManifest manifest) => manifest.Databases.FirstOrDefault(database => database.Name == Database)
        ?? throw new AgentException($"The set has no database {Database}.", $"It has: {string.Join(", ", manifest.Databases.Select(database => SqlName.Show(database.Name)))}");

    /// <summary>The databases that are restored, with their names there.</summary>
    public IReadOnlyList<(SetDatabase Database, string Name)> Targets(SetManifest manifest) =>
        Database is null ? [.. manifest.Databases.Select(database => (database, database.Name))] : [(Find(manifest), Target)];
}
