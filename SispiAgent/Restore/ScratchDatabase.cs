using Npgsql;
using SispiAgent.BackupSets;
using SispiAgent.Processes;

namespace SispiAgent.Restore;

/// <summary>A database that only a restore uses, on the server that is restored into; it holds a set's definitions.</summary>
/// <param name="target">The server.</param>
/// <param name="set">The set.</param>
/// <param name="database">The database whose definitions it holds.</param>
/// <param name="use">What it is for, a word.</param>
internal sealed class ScratchDatabase(RestoreTarget target, BackupSet set, SetDatabase database, string use)
{
    /// <summary>What would act beyond the database, or on what the restore does.</summary>
    private static readonly string[] LeftOut = ["SUBSCRIPTION", "PUBLICATION", "EVENT"];

    /// <summary>Its name.</summary>
    public string Name { get; } = $"{ScratchName.Prefix}{use}_{target.Run[..12]}";

    /// <summary>Removes those that a killed run has left. The caller has the lock: no other restore of this host is at work.</summary>
    /// <returns>What was removed.</returns>
    public static async Task<IReadOnlyList<string>> RemoveLeftAsync(RestoreTarget target, CancellationToken cancellationToken)
    {
        var left = await target.ReadAsync("postgres", $"SELECT datname::text FROM pg_catalog.pg_database WHERE datname ~ '{ScratchName.Pattern}'", row => row.GetString(0), cancellationToken);
        foreach (var name in left)
            await DropAsync(target, name, cancellationToken);
        return left;
    }

    /// <summary>Makes it.</summary>
    /// <param name="withConstraints">Whether with all that comes after the rows: indexes, constraints, triggers.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="ToolFailedException">The definitions can't be restored here.</exception>
    public async Task MakeAsync(bool withConstraints, CancellationToken cancellationToken)
    {
        await target.ExecuteAsync("postgres", [$"CREATE DATABASE {SqlName.Quote(Name)} TEMPLATE template0 ENCODING '{database.Encoding}' LC_COLLATE '{database.Collate}' LC_CTYPE '{database.CharacterType}'{database.Locale?.Sql}"], cancellationToken);
        var file = Path.Combine(set.Folder, Definitions(set, database));
        List<string> wanted = [];
        await ToolRunner.RunToSuccessAsync(target.Tool("pg_restore", ["-l", file]) with { OnOutputLine = line => Add(wanted, line) }, cancellationToken);
        var list = Path.Combine(Path.GetTempPath(), $"{Name}.list");
        try
        {
            await File.WriteAllLinesAsync(list, wanted, cancellationToken);
            await ToolRunner.RunToSuccessAsync(target.Tool("pg_restore", ["--exit-on-error", "-s", "--no-tablespaces", .. withConstraints ? Array.Empty<string>() : ["--section=pre-data"], "-L", list, "-d", Name, file]), cancellationToken);
        }
        finally
        {
            File.Delete(list);
        }
    }

    /// <summary>Removes it, whatever has happened: a failure is left to the next restore.</summary>
    public async Task RemoveAsync()
    {
        try
        {
            await DropAsync(target, Name, CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // a later retry: the next restore removes it
        }
    }

    /// <summary>The file of a set that has a database's definitions.</summary>
    public static string Definitions(BackupSet set, SetDatabase database) =>
        (set.Manifest.Files.FirstOrDefault(file => file.Database == database.Name && file.UnitKind is UnitKind.Definitions) ?? set.Manifest.Files.First(file => file.Database == database.Name && file.Kind == "dump")).Name;

    private static void Add(List<string> wanted, string line)
    {
        if (DumpEntry.TryParse(line) is { } entry && !LeftOut.Contains(entry.Description.Split(' ')[0]))
            wanted.Add(line);
    }

    private static async Task DropAsync(RestoreTarget target, string name, CancellationToken cancellationToken) => await target.ExecuteAsync("postgres",
        [$"SELECT pg_terminate_backend({(target.Version >= 90200 ? "pid" : "procpid")}) FROM pg_catalog.pg_stat_activity WHERE datname = '{name}'", $"DROP DATABASE IF EXISTS {SqlName.Quote(name)}"], cancellationToken);
}
