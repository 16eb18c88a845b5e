namespace SispiAgent.BackupSets;

/// <summary>
/// How a set is restored: the steps of stock PostgreSQL, in their order. Pure. Rows go on top of the definitions of the whole database and before everything
/// that checks or follows them, so no file has to know the others. Rows are chosen by <c>-a</c>: <c>--section=data</c> fails on large objects of 15.
/// </summary>
internal static class RestorePlan
{
    /// <summary>Databases that every new server has already: nothing creates them, what is missing is put in.</summary>
    private static readonly string[] AlwaysThere = ["postgres", "template1"];

    /// <summary>What the sessions of a restore are told (<c>PGOPTIONS</c>): a database or role may have been set to read only, or to a limit.</summary>
    public const string SessionOptions = "-c default_transaction_read_only=off -c statement_timeout=0";

    /// <summary>Keeps event triggers of the set from firing on what the restore itself does after they are there.</summary>
    public static IReadOnlyList<string> WithoutEventTriggers(int version) => version >= 170000 ? ["SET event_triggers = off"] : ["SET session_replication_role = replica"];

    /// <summary>Everything, into an empty server.</summary>
    public static IReadOnlyList<RestoreStep> Everything(SetManifest manifest) =>
    [
        Check(),
        new(RestorePhase.Globals, null, "psql", ["-X", "-q", "-d", "postgres", "-f", manifest.Files.First(file => file.Kind == "globals").Name], 0),
        .. Ordered(manifest).SelectMany(database => Own(manifest, database)),
        new(RestorePhase.Statistics, null, "vacuumdb", ["--all", "--analyze-only"], 0),
    ];

    /// <summary>One database under another name, into a server that has its roles. Settings and rights of the database itself do not come with it.</summary>
    public static IReadOnlyList<RestoreStep> As(SetManifest manifest, SetDatabase database, string name) =>
    [
        Check(),
        Creation(database, name),
        .. Into(manifest, database, [], name),
        new(RestorePhase.Statistics, name, "vacuumdb", ["--analyze-only", "-d", Connection(name)], 0),
    ];

    /// <summary>One database under its own name or another one, into a server that has its roles.</summary>
    public static IReadOnlyList<RestoreStep> One(SetManifest manifest, SetDatabase database, string? name) => name is not null && name != database.Name
        ? As(manifest, database, name)
        :
        [
            Check(),
            .. Own(manifest, database),
            new(RestorePhase.Statistics, database.Name, "vacuumdb", ["--analyze-only", "-d", Connection(database.Name)], 0),
        ];

    /// <summary>Whether a database is in every new server already.</summary>
    public static bool IsAlwaysThere(string name) => AlwaysThere.Contains(name);

    /// <summary>The databases, those that are there already first.</summary>
    public static IEnumerable<SetDatabase> Ordered(SetManifest manifest) => manifest.Databases.OrderBy(database => AlwaysThere.Contains(database.Name) ? 0 : 1);

    /// <summary>A database's name as <c>-d</c> takes it: what could be taken for a connection string, or for an option, is written as one.</summary>
    public static string Connection(string database) => database.Length > 0 && !database.StartsWith('-') && !database.Contains('=', StringComparison.Ordinal) && !database.StartsWith("postgres://", StringComparison.Ordinal) && !database.StartsWith("postgresql://", StringComparison.Ordinal)
        ? database
        : $"dbname='{database.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";

    private static RestoreStep Check() => new(RestorePhase.Check, null, "sha256sum", ["--check", "--quiet", SumsFile.Name], 0);

    private static RestoreStep Creation(SetDatabase database, string name) => new(
        RestorePhase.Definitions, name, "createdb", ["-T", "template0", "-E", database.Encoding, $"--lc-collate={database.Collate}", $"--lc-ctype={database.CharacterType}", .. database.Locale?.Options ?? [], "-O", database.Owner, "--", name], 0);

    /// <summary>A database under its own name, with what is set for it.</summary>
    private static IEnumerable<RestoreStep> Own(SetManifest manifest, SetDatabase database)
    {
        if (IsAlwaysThere(database.Name))
            return Into(manifest, database, [], database.Name);
        if (!DatabaseProperties.AreApart(manifest))
            return Into(manifest, database, ["-C", "-d", "postgres"], database.Name);
        return [Creation(database, database.Name), DatabaseProperties.Step(manifest, database), .. Into(manifest, database, [], database.Name)];
    }

    /// <summary>The steps of one database.</summary>
    /// <param name="manifest">The set.</param>
    /// <param name="database">The database.</param>
    /// <param name="creation">What pg_restore is told to create it; empty: it is there.</param>
    /// <param name="name">What it is called there.</param>
    private static IEnumerable<RestoreStep> Into(SetManifest manifest, SetDatabase database, IReadOnlyList<string> creation, string name)
    {
        SetFile[] files = [.. manifest.Files.Where(file => file.Kind == "dump" && file.Database == database.Name)];
        IReadOnlyList<string> there = ["-d", Connection(name)];
        var first = creation.Count > 0 ? creation : there;
        if (files.FirstOrDefault(file => file.UnitKind is UnitKind.Definitions) is not { } definitions)
            return [.. files.Select(file => new RestoreStep(RestorePhase.Definitions, name, "pg_restore", [.. first, file.Name], file.Bytes))];
        return
        [
            new(RestorePhase.Definitions, name, "pg_restore", ["--section=pre-data", .. first, definitions.Name], definitions.Bytes),
            .. files.Where(file => file != definitions).OrderByDescending(file => file.Bytes).Select(file => new RestoreStep(RestorePhase.Rows, name, "pg_restore", ["-a", .. there, file.Name], file.Bytes)),
            new(RestorePhase.Constraints, name, "pg_restore", ["--section=post-data", .. there, definitions.Name], definitions.Bytes),
            .. database.PopulatedViews.Select(view => new RestoreStep(RestorePhase.Views, name, "psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", .. there, "-c", "SET client_encoding = 'UTF8'", "-c", "SET statement_timeout = 0", .. WithoutEventTriggers(manifest.ServerVersionNumber).SelectMany(statement => new[] { "-c", statement }), "-c", $"REFRESH MATERIALIZED VIEW {SqlName.Quote(view.Schema)}.{SqlName.Quote(view.Name)}"], 0)),
        ];
    }
}
