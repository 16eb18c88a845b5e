using System.Globalization;
using System.Text;
using Npgsql;
using SispiAgent.BackupSets;
using SispiAgent.Platform;
using SispiAgent.Processes;

namespace SispiAgent.Backup;

/// <summary>What a set holds beside the dumps: globals, the table sizes, the configuration files.</summary>
internal sealed class SideFiles(RunContext run, TimeProvider time)
{
    /// <summary>The globals' file.</summary>
    public const string Globals = "globals.sql";

    /// <summary>Dumps roles, their passwords' hashes, and tablespaces.</summary>
    /// <exception cref="BackupFailedException">It failed, or is not complete.</exception>
    public async Task<SetFile> GlobalsAsync(CancellationToken cancellationToken)
    {
        run.Progress.Report(new("globals", "dumps", 0));
        var path = run.Create(Globals);
        var begin = time.GetUtcNow();
        var command = run.Tool("pg_dumpall", "postgres", SessionName.New(), ["--globals-only", "--database=postgres", $"--file={path}"]);
        var result = await ToolRunner.RunAsync(command, cancellationToken);
        if (result.ExitCode != 0)
            throw new BackupFailedException("globals", $"pg_dumpall ended with exit code {result.ExitCode}: {result.ErrorTail.Trim().ReplaceLineEndings(" / ")}", "Dumping roles needs a superuser: is Postgres:LocalUser one?");
        // a plain dump has no table of contents: its last line is what shows that it is whole
        if (!File.ReadLines(path).TakeLast(6).Any(line => line.StartsWith("-- PostgreSQL database cluster dump complete", StringComparison.Ordinal)))
            throw new BackupFailedException("globals", "The globals were not written to their end.", "See the free space, then: sispi-agent backup run");
        run.Progress.Report(new("globals", "done", 1));
        return Entry(Globals, "globals", command.ToString().Replace(path, Globals, StringComparison.Ordinal), begin);
    }

    /// <summary>Whether the globals hold a line that older psql do not know (<c>\restrict</c>, August 2025).</summary>
    public string LowestPsql() => File.ReadLines(Path.Combine(run.Folder, Globals)).Any(line => line.StartsWith("\\restrict", StringComparison.Ordinal))
        ? "18, 17.6, 16.10, 15.14, 14.19 or 13.22"
        : "of the server's version";

    /// <summary>Writes the tables by size, for people.</summary>
    public SetFile Report(IEnumerable<SetDatabase> databases)
    {
        var begin = time.GetUtcNow();
        var text = new StringBuilder("# database\tschema\ttable\tbytes\trows\n");
        foreach (var (database, table) in databases.SelectMany(database => database.Tables.Select(table => (database, table))).OrderByDescending(entry => entry.table.Bytes))
            text.Append(CultureInfo.InvariantCulture, $"{Field(database.Name)}\t{Field(table.Schema)}\t{Field(table.Name)}\t{table.Bytes}\t{table.Rows?.ToString(CultureInfo.InvariantCulture) ?? "-"}\n");
        DurableFile.Write(Path.Combine(run.Folder, "table-sizes.tsv"), text.ToString());
        return Entry("table-sizes.tsv", "report", null, begin);
    }

    /// <summary>Writes a text of the set.</summary>
    public SetFile Text(string name, string text)
    {
        var begin = time.GetUtcNow();
        DurableFile.Write(Path.Combine(run.Folder, name), text);
        return Entry(name, "text", null, begin);
    }

    /// <summary>Copies the configuration files and those they include. What can't be read is a remark, not a failure.</summary>
    public async Task<(IReadOnlyList<SetFile> Files, IReadOnlyList<string> Remarks)> ConfigurationAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(run.To("postgres", SessionName.New()).ToString());
        await connection.OpenAsync(cancellationToken);
        List<string> sources = [];
        foreach (var setting in (string[])["config_file", "hba_file", "ident_file"])
            sources.Add((await CatalogReader.TextAsync(connection, $"SHOW {setting}", cancellationToken))!);
        if (run.Version >= 90400)
            sources.Add(Path.Combine((await CatalogReader.TextAsync(connection, "SHOW data_directory", cancellationToken))!, "postgresql.auto.conf"));
        sources.AddRange((await CatalogReader.ReadAsync(connection, "SELECT DISTINCT sourcefile FROM pg_settings WHERE sourcefile IS NOT NULL", row => row.GetString(0), cancellationToken)).Where(file => !sources.Contains(file)));
        var folder = Path.Combine(run.Folder, "configuration");
        OwnerOnly.CreateFolder(folder);
        List<SetFile> files = [];
        List<string> remarks = [];
        foreach (var source in sources.Distinct())
        {
            var name = Path.GetFileName(source);
            if (files.Any(file => Path.GetFileName(file.Name) == name))
                name = SetFileName.Safe(source);
            var begin = time.GetUtcNow();
            try
            {
                DurableFile.Write(Path.Combine(folder, name), await File.ReadAllBytesAsync(source, cancellationToken));
                files.Add(Entry($"configuration/{name}", "configuration", $"cp {ToolCommand.Quote(source)}", begin));
            }
            catch (Exception e) when (e is UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException)
            {
                remarks.Add($"{source} could not be copied: {e.Message}");
            }
        }

        DurableFile.FlushDirectory(folder);
        return (files, remarks);
    }

    /// <summary>The directories of the cluster's own tablespaces.</summary>
    public async Task<IReadOnlyList<string>> TablespacesAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(run.To("postgres", SessionName.New()).ToString());
        await connection.OpenAsync(cancellationToken);
        // spclocation became a function in 9.2 (release notes)
        var location = run.Version >= 90200 ? "pg_tablespace_location(oid)" : "spclocation";
        return await CatalogReader.ReadAsync(connection, $"SELECT {location} FROM pg_tablespace WHERE spcname NOT IN ('pg_default', 'pg_global')", row => row.GetString(0), cancellationToken);
    }

    private SetFile Entry(string name, string kind, string? command, DateTimeOffset begin) =>
        new(name, kind, null, null, command, null, null, begin, time.GetUtcNow(), new FileInfo(Path.Combine(run.Folder, name)).Length, "", []);

    private static string Field(string name) => name.Replace('\t', ' ').Replace('\n', ' ').Replace('\r', ' ');
}
