using System.Globalization;
using Npgsql;
using SispiAgent.BackupSets;
using SispiAgent.Processes;

namespace SispiAgent.Restore;

/// <summary>
/// Brings schemas or tables back into a database that lives. A scratch database on the same server takes the set's definitions, without rows: there the server itself
/// says what belongs to a table, and writes it. Rows go straight from the set's file to the new table; beside a living table they pass through a second one.
/// </summary>
internal sealed class PartialRestore(RestoreTarget target, BackupSet set, RestoreRequest request, int parallel, IProgress<RestoreProgress> progress, TimeProvider time)
{
    /// <summary>How the names of scratch databases begin.</summary>
    public const string ScratchPrefix = "sispi_restore_";

    private readonly SetDatabase _database = request.Find(set.Manifest);
    private readonly ScratchDatabase _model = new(target, set, request.Find(set.Manifest), "model");
    private string Beside => $"restored_{set.Manifest.Name.ToLowerInvariant()}";

    /// <summary>Restores, and compares. What it made is taken away again if it breaks.</summary>
    /// <exception cref="AgentException">It was refused, and nothing was made.</exception>
    /// <exception cref="RestoreFailedException">It broke.</exception>
    public async Task<RestoreOutcome> RunAsync(CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        await ScratchDatabase.RemoveLeftAsync(target, cancellationToken);
        var work = new List<ScratchDatabase> { _model };
        var folder = Directory.CreateTempSubdirectory("sispi-restore-").FullName;
        try
        {
            Tell("definitions", "makes a scratch database of them", 0.1);
            await _model.MakeAsync(withConstraints: true, cancellationToken);
            var parts = await PartialSelection.ReadAsync(target, _model.Name, request, _database, cancellationToken);
            if (request.IsBeside)
                await parts.MoveAsync(target, _model.Name, Beside, cancellationToken);
            await RefuseAsync(parts, cancellationToken);
            var file = Path.Combine(folder, "definitions.dump");
            await ToolAsync("definitions", "pg_dump", ["-Fc", "-s", "-f", file, .. parts.Arguments(request.IsBeside ? Beside : null), "-d", RestoreTarget.Name(_model.Name)], cancellationToken);
            await parts.MakeSchemasAsync(target, request.Target, cancellationToken);
            await ToolAsync("definitions", "pg_restore", ["--exit-on-error", "--single-transaction", "--section=pre-data", "-d", RestoreTarget.Name(request.Target), file], cancellationToken);
            try
            {
                if (request.IsBeside)
                    work.Add(await RowsBesideAsync(parts, cancellationToken));
                else
                    await RowsAsync(parts, cancellationToken);
                Tell("indexes and constraints", "are made", 0.1);
                await ToolAsync("indexes and constraints", "pg_restore", ["--exit-on-error", "--single-transaction", "--section=post-data", "-d", RestoreTarget.Name(request.Target), file], cancellationToken);
                Tell("indexes and constraints", "done", 1);
                await parts.FinishAsync(target, request.Target, request.IsBeside ? Beside : null, cancellationToken);
            }
            catch
            {
                // what was made now was not there before: it is ours to take away
                await target.ExecuteAsync(request.Target, parts.Removals(request.IsBeside ? Beside : null), CancellationToken.None);
                throw;
            }

            return await CompareAsync(parts, begin, cancellationToken);
        }
        catch (Exception e) when (e is ToolFailedException or NpgsqlException)
        {
            throw new RestoreFailedException(SqlName.Show(request.Target), e is ToolFailedException failed ? failed.Result.ErrorTail.Trim() : e.Message, e);
        }
        finally
        {
            foreach (var scratch in work)
                await scratch.RemoveAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Nothing is restored over what lives.</summary>
    private async Task RefuseAsync(PartialSelection parts, CancellationToken cancellationToken)
    {
        var exists = await target.ReadAsync("postgres", $"SELECT 1 FROM pg_catalog.pg_database WHERE datname = '{request.Target.Replace("'", "''", StringComparison.Ordinal)}'", row => row.GetInt32(0), cancellationToken);
        if (exists.Count == 0)
            throw new AgentException($"There is no database {SqlName.Show(request.Target)} to restore into.", $"Make it first: createdb {ToolCommand.Quote(request.Target)}. Or restore the whole database: without --schema and --table.");
        if (await parts.InTheWayAsync(target, request.Target, request.IsBeside ? Beside : null, cancellationToken) is { Count: > 0 } found)
        {
            throw new AgentException($"Nothing was restored: {string.Join(", ", found)} {(found.Count == 1 ? "is" : "are")} there already.",
                request.IsBeside ? $"An earlier restore of this set made it. When it is no longer wanted: DROP SCHEMA {SqlName.Show(Beside)} CASCADE" : "Add --beside: it comes back in a schema of its own, and what lives stays as it is.");
        }
    }

    private async Task RowsAsync(PartialSelection parts, CancellationToken cancellationToken)
    {
        foreach (var (file, arguments, label) in parts.RowFiles(set.Manifest))
        {
            Tell(label, "restores rows", 0.1);
            await ToolAsync(label, "pg_restore", ["--exit-on-error", "--single-transaction", "-a", .. arguments, "-d", RestoreTarget.Name(request.Target), Path.Combine(set.Folder, file)], cancellationToken);
            Tell(label, "done", 1);
        }
    }

    /// <summary>Rows have to go under another name than the file has: they are restored into a second scratch database and copied from there.</summary>
    private async Task<ScratchDatabase> RowsBesideAsync(PartialSelection parts, CancellationToken cancellationToken)
    {
        var rows = new ScratchDatabase(target, set, _database, "rows");
        try
        {
            await rows.MakeAsync(withConstraints: false, cancellationToken);
            foreach (var (file, arguments, label) in parts.RowFiles(set.Manifest))
            {
                Tell(label, "restores rows", 0.1);
                await ToolAsync(label, "pg_restore", ["--exit-on-error", "--single-transaction", "-a", .. arguments, "-d", RestoreTarget.Name(rows.Name), Path.Combine(set.Folder, file)], cancellationToken);
            }

            foreach (var table in parts.Leaves)
            {
                Tell(SqlName.Show(table.Schema, table.Name), $"goes to {Beside}", 0.7);
                await CopyAsync(rows.Name, table, cancellationToken);
                Tell(SqlName.Show(table.Schema, table.Name), "done", 1);
            }

            return rows;
        }
        catch
        {
            await rows.RemoveAsync();
            throw;
        }
    }

    private async Task CopyAsync(string from, SetTable table, CancellationToken cancellationToken)
    {
        await using var source = await target.OpenAsync(from, cancellationToken);
        await using var goal = await target.OpenAsync(request.Target, cancellationToken);
        await using var read = await source.BeginRawBinaryCopyAsync($"COPY {SqlName.Quote(table.Schema)}.{SqlName.Quote(table.Name)} TO STDOUT (FORMAT BINARY)", cancellationToken);
        await using var write = await goal.BeginRawBinaryCopyAsync($"COPY {SqlName.Quote(Beside)}.{SqlName.Quote(table.Name)} FROM STDIN (FORMAT BINARY)", cancellationToken);
        await read.CopyToAsync(write, 1 << 17, cancellationToken);
    }

    private async Task<RestoreOutcome> CompareAsync(PartialSelection parts, long begin, CancellationToken cancellationToken)
    {
        Tell("comparison", "compares with the manifest", 0.1);
        var isSameMajor = RestoreCheck.Major(target.Version) == RestoreCheck.Major(set.Manifest.ServerVersionNumber);
        var tables = parts.Leaves.Select(table => request.IsBeside ? table with { Schema = Beside } : table).ToArray();
        var (problems, digests) = await RestoreComparison.TablesAsync(target, tables, request.Target, isSameMajor, parallel, cancellationToken);
        await using (var connection = await target.OpenAsync(request.Target, cancellationToken))
            problems.AddRange(await RestoreComparison.SequencesAsync(connection, parts.Sequences.Select(sequence => request.IsBeside ? sequence with { Schema = Beside } : sequence), cancellationToken));
        Tell("comparison", problems.Count == 0 ? "equal" : string.Create(CultureInfo.InvariantCulture, $"{problems.Count} differences"), 1);
        string[] remarks = request.IsBeside ? [$"The tables are in schema {Beside} of database {SqlName.Show(request.Target)}, with their indexes and checks, without foreign keys, triggers and rules: nothing there touches what lives. When it is no longer wanted: DROP SCHEMA {Beside} CASCADE"] : [];
        return new(problems, [.. remarks, .. parts.Remarks], tables.Length, digests, time.GetElapsedTime(begin));
    }

    private Task<ToolResult> ToolAsync(string label, string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        Tell(label, $"{program} runs", 0.3);
        return ToolRunner.RunToSuccessAsync(target.Tool(program, arguments), cancellationToken);
    }

    private void Tell(string unit, string step, double fraction) => progress.Report(new(unit, step, fraction));
}
