using System.Globalization;
using Npgsql;
using SispiAgent.BackupSets;

namespace SispiAgent.Restore;

/// <summary>What is looked at before anything is made: whether this server can restore the set at all, and whether it has room for it.</summary>
internal static class RestoreCheck
{
    /// <summary>What this server lacks for a set; empty: nothing. None of it is the set's fault.</summary>
    public static async Task<IReadOnlyList<string>> LacksAsync(RestoreTarget target, SetManifest manifest, IEnumerable<SetDatabase> databases, CancellationToken cancellationToken)
    {
        List<string> lacks = [];
        if (ClientVersions.Major(target.Version) < ClientVersions.Major(manifest.ServerVersionNumber))
            lacks.Add($"the server is of PostgreSQL {Words(target.Version)}, the set is from {manifest.ServerVersion}");
        if (target.Tools.Major < ClientVersions.Parse(manifest.LowestPgRestore) / 100)
            lacks.Add($"pg_restore here is of version {target.Tools.Major}, the set needs {manifest.LowestPgRestore}");
        foreach (var needed in databases.SelectMany(database => database.Extensions.Select(extension => (Extension: extension, database.Name))).GroupBy(entry => entry.Extension, entry => SqlName.Show(entry.Name)))
        {
            if (await ExtensionProblemAsync(target, needed.Key, cancellationToken) is { } problem)
                lacks.Add($"extension {needed.Key.Name} {needed.Key.Version}, which {(needed.Count() > 1 ? "databases" : "database")} {string.Join(", ", needed)} {(needed.Count() > 1 ? "need" : "needs")}, {problem}");
        }

        foreach (var labelled in databases.SelectMany(database => database.LabelProviders.Select(provider => (Provider: provider, database.Name))).GroupBy(entry => entry.Provider, entry => entry.Name))
        {
            if (!await IsLoadedAsync(target, labelled.Key, cancellationToken))
                lacks.Add($"the provider {labelled.Key} of security labels, which {string.Join(", ", labelled.Select(name => SqlName.Show(name)))} has, is not loaded here (shared_preload_libraries)");
        }

        foreach (var kind in databases.Where(database => !RestorePlan.IsAlwaysThere(database.Name)).GroupBy(database => (database.Encoding, database.Collate, database.CharacterType, database.Locale)))
        {
            if (!await CanMakeAsync(target, kind.Key.Encoding, kind.Key.Collate, kind.Key.CharacterType, kind.Key.Locale, cancellationToken))
                lacks.Add($"a database of encoding {kind.Key.Encoding} with collation {kind.Key.Collate} and character type {kind.Key.CharacterType}{(kind.Key.Locale is null ? "" : $", sorted by {kind.Key.Locale},")} can't be made here (is the locale installed?): {string.Join(", ", kind.Select(database => SqlName.Show(database.Name)))}");
        }

        lacks.AddRange(await CollationCheck.LacksAsync(target, databases, cancellationToken));
        return lacks;
    }

    /// <summary>What is in the way on the server, one a line; empty: nothing is restored over.</summary>
    public static async Task<IReadOnlyList<string>> InTheWayAsync(RestoreTarget target, RestoreRequest request, SetManifest manifest, CancellationToken cancellationToken)
    {
        var there = (await target.ReadAsync("postgres", "SELECT datname::text FROM pg_catalog.pg_database", row => row.GetString(0), cancellationToken)).ToHashSet();
        List<string> found = [];
        foreach (var (_, name) in request.Targets(manifest).Where(entry => there.Contains(entry.Name)))
        {
            if (!RestorePlan.IsAlwaysThere(name))
                found.Add($"database {SqlName.Show(name)} is there already");
            else if (await CountAsync(target, name, cancellationToken) is var count and > 0)
                found.Add(string.Create(CultureInfo.InvariantCulture, $"database {name} is not empty: it holds {count} tables, views, functions or large objects"));
        }

        return found;
    }

    /// <summary>Whether the server is one that can't be written.</summary>
    public static async Task<bool> IsInRecoveryAsync(RestoreTarget target, CancellationToken cancellationToken) =>
        (await target.ReadAsync("postgres", "SELECT pg_catalog.pg_is_in_recovery()", row => row.GetBoolean(0), cancellationToken))[0];

    /// <summary>Whether the role may do everything there.</summary>
    public static async Task<bool> IsSuperuserAsync(RestoreTarget target, CancellationToken cancellationToken) =>
        (await target.ReadAsync("postgres", "SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user", row => row.GetBoolean(0), cancellationToken))[0];

    /// <summary>How many objects of users a database has.</summary>
    public static async Task<long> CountAsync(RestoreTarget target, string database, CancellationToken cancellationToken) => (await target.ReadAsync(database, $"""
        SELECT (SELECT count(*) FROM pg_catalog.pg_class c WHERE c.oid >= {RelationQueries.FirstUserOid} AND c.relkind::text IN ('r', 'v', 'm', 'S', 'f', 'p') AND {RelationQueries.NotOfExtension("pg_class", "c.oid")})
             + (SELECT count(*) FROM pg_catalog.pg_proc p WHERE p.oid >= {RelationQueries.FirstUserOid} AND {RelationQueries.NotOfExtension("pg_proc", "p.oid")})
             + (SELECT count(*) FROM pg_catalog.pg_largeobject_metadata)
        """, row => row.GetInt64(0), cancellationToken))[0];

    /// <summary>The server reads the files of this one extension: the list of all breaks at any other one that it can't read.</summary>
    private static async Task<string?> ExtensionProblemAsync(RestoreTarget target, SetExtension extension, CancellationToken cancellationToken)
    {
        if (target.Version < 90100)
            return "is not known to this version";
        List<(string, string)> paths;
        try
        {
            paths = await target.ReadAsync("postgres", $"SELECT source::text, target::text FROM pg_catalog.pg_extension_update_paths({Literal(extension.Name)}) WHERE path IS NOT NULL", row => (row.GetString(0), row.GetString(1)), cancellationToken);
        }
        catch (PostgresException e)
        {
            return e.SqlState is PostgresErrorCodes.UndefinedFile or PostgresErrorCodes.FeatureNotSupported or PostgresErrorCodes.UndefinedObject ? "is not installed here" : $"can't be used here: {e.MessageText}";
        }

        return ExtensionVersions.Problem(extension.Version, await DefaultVersionAsync(target, extension.Name, cancellationToken), paths);
    }

    /// <summary>The version that CREATE EXTENSION takes; <see langword="null"/>: the list of all has one that the server can't read.</summary>
    private static async Task<string?> DefaultVersionAsync(RestoreTarget target, string extension, CancellationToken cancellationToken)
    {
        try
        {
            return (await target.ReadAsync("postgres", $"SELECT default_version FROM pg_catalog.pg_available_extensions WHERE name = {Literal(extension)} AND default_version IS NOT NULL", row => row.GetString(0), cancellationToken)).FirstOrDefault();
        }
        catch (PostgresException)
        {
            return null;
        }
    }

    /// <summary>A provider is loaded if the server does not refuse its name; nothing is labelled.</summary>
    private static async Task<bool> IsLoadedAsync(RestoreTarget target, string provider, CancellationToken cancellationToken)
    {
        try
        {
            await target.ExecuteAsync("postgres", ["BEGIN", $"SECURITY LABEL FOR {SqlName.Quote(provider)} ON SCHEMA pg_catalog IS NULL", "ROLLBACK"], cancellationToken);
            return true;
        }
        catch (PostgresException e)
        {
            return e.SqlState is not PostgresErrorCodes.InvalidParameterValue; // what else it says, the provider itself says
        }
    }

    private static async Task<bool> CanMakeAsync(RestoreTarget target, string encoding, string collate, string characterType, DatabaseLocale? locale, CancellationToken cancellationToken)
    {
        var known = await target.ReadAsync("postgres", "SELECT 1 FROM pg_catalog.pg_database WHERE pg_encoding_to_char(encoding) = " + Literal(encoding) + " AND datcollate = " + Literal(collate) + " AND datctype = " + Literal(characterType), row => row.GetInt32(0), cancellationToken);
        if (known.Count > 0 && locale is null)
            return true;
        var probe = SqlName.Quote($"{ScratchName.Prefix}{Guid.NewGuid():N}");
        try
        {
            await target.ExecuteAsync("postgres", [$"CREATE DATABASE {probe} TEMPLATE template0 ENCODING {Literal(encoding)} LC_COLLATE {Literal(collate)} LC_CTYPE {Literal(characterType)}{locale?.Sql}", $"DROP DATABASE {probe}"], cancellationToken);
            return true;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.WrongObjectType or PostgresErrorCodes.InvalidParameterValue or PostgresErrorCodes.UndefinedObject or PostgresErrorCodes.FeatureNotSupported or PostgresErrorCodes.SyntaxError)
        {
            return false;
        }
    }

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Words(int version) => version >= 100000 ? FormattableString.Invariant($"{version / 10000}") : FormattableString.Invariant($"{version / 10000}.{version / 100 % 100}");
}
