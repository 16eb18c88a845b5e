using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;
using SispiAgent.BackupSets;

namespace SispiAgent.Restore;

/// <summary>How a restored database differs from what its set's manifest recorded.</summary>
/// <param name="Problems">What is missing or other than it was, one fact a line.</param>
/// <param name="Remarks">What could not be compared, or differs only in words.</param>
/// <param name="Tables">How many tables were compared.</param>
/// <param name="Digests">How many of them by content.</param>
internal sealed record RestoreComparison(IReadOnlyList<string> Problems, IReadOnlyList<string> Remarks, int Tables, int Digests)
{
    /// <summary>Compares a database: rows, contents, sequences, large objects, objects.</summary>
    /// <param name="target">The server.</param>
    /// <param name="set">The set's folder and manifest.</param>
    /// <param name="database">The database as the set has it.</param>
    /// <param name="name">Its name on the server.</param>
    /// <param name="parallel">How many sessions at once.</param>
    /// <param name="progress">Who wants to know where it is.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<RestoreComparison> RunAsync(RestoreTarget target, BackupSet set, SetDatabase database, string name, int parallel, IProgress<RestoreProgress> progress, CancellationToken cancellationToken)
    {
        var label = $"{SqlName.Show(name)}: comparison";
        progress.Report(new(label, "compares with the manifest", 0.05));
        var comparesContent = ClientVersions.Major(target.Version) == ClientVersions.Major(set.Manifest.ServerVersionNumber);
        var (problems, digests) = await TablesAsync(target, database.Tables, name, comparesContent, parallel, done => progress.Report(new(label, "compares with the manifest", 0.05 + (0.9 * done))), cancellationToken);
        List<string> remarks = [];
        await using (var connection = await target.OpenAsync(name, cancellationToken))
        {
            problems.AddRange(await SequencesAsync(connection, database.Sequences, cancellationToken));
            await LargeObjectsAsync(connection, target.Version, database, comparesContent, problems, cancellationToken);
            await ObjectsAsync(connection, target.Version, set, database, comparesContent, problems, remarks, cancellationToken);
        }

        progress.Report(new(label, problems.Count == 0 ? "equal" : $"{problems.Count} differences", 1));
        string Named(string line) => $"{SqlName.Show(name)}: {line}";
        return new([.. problems.Select(Named)], [.. remarks.Select(Named)], database.Tables.Count(table => table.Rows is not null), digests);
    }

    /// <summary>Compares tables by rows and, where the set has a digest that this server makes too, by content.</summary>
    /// <param name="target">The server.</param>
    /// <param name="tables">The tables, with what the manifest recorded of them.</param>
    /// <param name="name">The database's name on the server.</param>
    /// <param name="comparesContent">Whether contents can be compared.</param>
    /// <param name="parallel">How many sessions at once.</param>
    /// <param name="tell">Who is told how much is done, 0 to 1, after each table.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<(List<string> Problems, int Digests)> TablesAsync(RestoreTarget target, IEnumerable<SetTable> tables, string name, bool comparesContent, int parallel, Action<double> tell, CancellationToken cancellationToken)
    {
        // an extension's conditional configuration table holds what CREATE EXTENSION puts in besides
        var waiting = new ConcurrentQueue<SetTable>(tables.Where(table => table.Rows is not null && !table.IsFiltered).OrderByDescending(table => table.Bytes));
        var problems = new ConcurrentBag<string>();
        MovingRows moving;
        await using (var look = await target.OpenAsync(name, cancellationToken))
            moving = await MovingRows.ReadAsync(look, target.Version, cancellationToken);
        var digests = 0;
        var (bytes, done) = (Math.Max(1, waiting.Sum(table => table.Bytes)), 0L);
        var prefix = DigestQuery.Prefix(target.Version);
        await Task.WhenAll(Enumerable.Range(0, Math.Min(parallel, waiting.Count)).Select(async _ =>
        {
            await using var connection = await target.OpenAsync(name, cancellationToken);
            var columns = await ColumnsAsync(connection, cancellationToken);
            var reader = await TableDigests.PrepareAsync(connection, target.Version, cancellationToken);
            while (waiting.TryDequeue(out var table))
            {
                try
                {
                    var isDigested = comparesContent && table.Digest?.StartsWith(prefix, StringComparison.Ordinal) == true;
                    var (rows, digest) = isDigested
                        ? await reader.ReadAsync(table.Schema, table.Name, columns.GetValueOrDefault((table.Schema, table.Name)) ?? [], cancellationToken)
                        : new(await reader.CountAsync(table.Schema, table.Name, cancellationToken), null);
                    if (isDigested)
                        Interlocked.Increment(ref digests);
                    if (moving.Take(table, rows))
                        continue;
                    if (rows != table.Rows)
                        problems.Add(string.Create(CultureInfo.InvariantCulture, $"table {SqlName.Show(table.Schema, table.Name)} has {rows} rows, the manifest says {table.Rows}"));
                    else if (isDigested && digest != table.Digest)
                        problems.Add($"table {SqlName.Show(table.Schema, table.Name)} has as many rows as the manifest says, and their content is another one");
                }
                catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
                {
                    problems.Add($"table {SqlName.Show(table.Schema, table.Name)} is missing");
                }
                finally
                {
                    tell((double)Interlocked.Add(ref done, table.Bytes) / bytes);
                }
            }
        }));
        return ([.. problems.Concat(moving.Problems()).Order(StringComparer.Ordinal)], digests);
    }

    /// <summary>Compares the values of sequences.</summary>
    public static async Task<IReadOnlyList<string>> SequencesAsync(NpgsqlConnection connection, IEnumerable<SetSequence> sequences, CancellationToken cancellationToken)
    {
        List<string> problems = [];
        foreach (var sequence in sequences)
        {
            var shown = SqlName.Show(sequence.Schema, sequence.Name);
            try
            {
                await using var command = new NpgsqlCommand($"SELECT last_value, is_called FROM {SqlName.Quote(sequence.Schema)}.{SqlName.Quote(sequence.Name)}", connection);
                await using var row = await command.ExecuteReaderAsync(cancellationToken);
                await row.ReadAsync(cancellationToken);
                if ((row.GetInt64(0), row.GetBoolean(1)) != (sequence.Value, sequence.IsCalled))
                    problems.Add(string.Create(CultureInfo.InvariantCulture, $"sequence {shown} stands at {row.GetInt64(0)}{(row.GetBoolean(1) ? "" : " (not called)")}, the manifest says {sequence.Value}{(sequence.IsCalled ? "" : " (not called)")}"));
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
            {
                problems.Add($"sequence {shown} is missing");
            }
        }

        return problems;
    }

    private static async Task LargeObjectsAsync(NpgsqlConnection connection, int version, SetDatabase database, bool comparesContent, List<string> problems, CancellationToken cancellationToken)
    {
        if (database.LargeObjects is not { } expected)
            return;
        var (count, digest) = await (await TableDigests.PrepareAsync(connection, version, cancellationToken)).LargeObjectsAsync(cancellationToken);
        if (count != expected)
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"there are {count} large objects, the manifest says {expected}"));
        else if (comparesContent && database.LargeObjectsDigest?.StartsWith(DigestQuery.Prefix(version), StringComparison.Ordinal) == true && digest is not null && digest != database.LargeObjectsDigest)
            problems.Add("the content of the large objects is another one than the manifest says");
    }

    private static async Task ObjectsAsync(NpgsqlConnection connection, int version, BackupSet set, SetDatabase database, bool isSameMajor, List<string> problems, List<string> remarks, CancellationToken cancellationToken)
    {
        if (set.Manifest.Files.FirstOrDefault(file => file.Kind == CatalogObjects.FileKind && file.Database == database.Name) is not { } file)
            remarks.Add("the set does not list its objects: only rows, contents, sequences and large objects were compared");
        else if (!isSameMajor)
            remarks.Add("contents and objects were not compared: another major version writes them in other words");
        else
        {
            var differences = ObjectDifferences.Compare(CatalogObjects.ReadFile(Path.Combine(set.Folder, file.Name)), await CatalogObjects.ReadAsync(connection, version, cancellationToken));
            problems.AddRange(differences.Problems);
            remarks.AddRange(differences.Remarks);
        }
    }

    private static async Task<Dictionary<(string, string), IReadOnlyList<string>>> ColumnsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var columns = await TableColumns.ReadAsync(connection, cancellationToken);
        Dictionary<(string, string), IReadOnlyList<string>> named = [];
        await using var command = new NpgsqlCommand("SELECT c.oid::bigint, n.nspname::text, c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind::text = 'r' AND n.nspname !~ '^pg_'", connection);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            if (columns.TryGetValue(rows.GetInt64(0), out var own))
                named[(rows.GetString(1), rows.GetString(2))] = own;
        }

        return named;
    }
}
