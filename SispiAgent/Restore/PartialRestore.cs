using System.Globalization;
using Npgsql;
using SispiAgent.BackupSets;
using SispiAgent.Processes;

namespace SispiAgent.Restore;

/// <summary>
/// Brings schemas or tables back into a database that lives. A scratch database on the same server takes the set's definitions, without rows: there the server itself
/// says what belongs to a table, and writes it. Rows go straight from the set's file to the new table; beside a living table they pass through a second one. After a kill
/// what was half made is known by its mark, taken away, and made anew.
/// </summary>
internal sealed class PartialRestore(RestoreTarget target, BackupSet set, RestoreRequest request, int parallel, RestoreJournal journal, IProgress<RestoreProgress> progress, TimeProvider time)
{
    private const string MarkStep = "mark ", AsideStep = "aside ", MadeStep = "made";

    private readonly SetDatabase _database = request.Find(set.Manifest);
    private readonly ScratchDatabase _model = new(target, set, request.Find(set.Manifest), "model");
    private readonly List<ScratchDatabase> _work = [];
    private readonly Aside _aside = new(target, request.Target, journal.Begun(AsideStep) is [var moved, ..] ? moved : SetName.For(time.GetUtcNow()));
    private readonly RestoreMark _mark = new(target, request.Target, $"{ScratchName.Prefix}{target.Run[..12]}");
    private bool _isToBeResumed = journal.Begun(MarkStep).Count > 0;
    private string? Beside => request.IsBeside ? RestoreRequest.BesideSchema(set.Manifest) : null;

    /// <summary>Restores, and compares. What it made is taken away again if it breaks; if it is killed, it goes on from its journal.</summary>
    /// <exception cref="AgentException">It was refused, and nothing was made.</exception>
    /// <exception cref="RestoreFailedException">It broke.</exception>
    public async Task<RestoreOutcome> RunAsync(CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        var folder = Directory.CreateTempSubdirectory("sispi-restore-").FullName;
        _work.Add(_model);
        try
        {
            await ScratchDatabase.RemoveLeftAsync(target, cancellationToken);
            await RequireDatabaseAsync(cancellationToken);
            Tell("definitions", "makes a scratch database of them", 0.1);
            await _model.MakeAsync(withConstraints: true, cancellationToken);
            var parts = await PartialSelection.ReadAsync(target, _model.Name, request, _database, cancellationToken);
            if (Beside is { } beside)
                await parts.MoveAsync(target, _model.Name, beside, cancellationToken);
            if (!journal.IsDone(MadeStep))
                await MakeAsync(parts, folder, cancellationToken);
            foreach (var mark in journal.Begun(MarkStep))
                await new RestoreMark(target, request.Target, mark).ForgetAsync(cancellationToken);
            var outcome = await CompareAsync(parts, begin, cancellationToken);
            _isToBeResumed = false;
            return outcome;
        }
        catch (Exception e) when (e is ToolFailedException or NpgsqlException)
        {
            throw new RestoreFailedException(SqlName.Show(request.Target), e is ToolFailedException failed ? failed.Result.ErrorTail.Trim() : e.Message, e) { IsUndone = !_isToBeResumed };
        }
        finally
        {
            foreach (var scratch in _work)
                await scratch.RemoveAsync();
            Directory.Delete(folder, recursive: true);
            if (!_isToBeResumed)
                journal.End();
        }
    }

    private async Task MakeAsync(PartialSelection parts, string folder, CancellationToken cancellationToken)
    {
        foreach (var mark in journal.Begun(MarkStep))
            await new RestoreMark(target, request.Target, mark).RemoveAsync(_model.Name, cancellationToken);
        _isToBeResumed = (await _aside.SchemasAsync(cancellationToken)).Count > 0;
        var isInTheWay = await RefuseAsync(parts, cancellationToken);
        await _mark.PutAsync(_model.Name, Beside is { } beside ? [beside] : parts.Schemas, Beside is null ? parts.OwnTables : [], cancellationToken);
        var file = Path.Combine(folder, "definitions.dump");
        await ToolAsync("definitions", "pg_dump", ["-Fc", "-s", "-f", file, .. parts.Arguments(Beside, _mark.Name), "-d", RestoreTarget.Name(_model.Name)], cancellationToken);
        journal.Started(MarkStep + _mark.Name);
        _isToBeResumed = true;
        try
        {
            if (isInTheWay)
            {
                journal.Started(AsideStep + _aside.Time);
                await _aside.MoveAsync(parts.Schemas, parts.OwnTables, cancellationToken);
            }

            await FillAsync(parts, file, cancellationToken);
            journal.Done(MadeStep);
        }
        catch (Exception e) when (e is ToolFailedException or NpgsqlException or AgentException or IOException or OperationCanceledException)
        {
            await UndoAsync(parts, e);
            throw;
        }
    }

    private async Task FillAsync(PartialSelection parts, string file, CancellationToken cancellationToken)
    {
        if (Beside is null && parts.OwnTables.Count > 0)
            await _mark.PrepareAsync(cancellationToken);
        await parts.MakeSchemasAsync(target, request.Target, cancellationToken);
        await ToolAsync("definitions", "pg_restore", ["--exit-on-error", "--single-transaction", "--section=pre-data", "-d", RestoreTarget.Name(request.Target), file], cancellationToken);
        if (Beside is { } beside)
            await RowsBesideAsync(parts, beside, cancellationToken);
        else
            await RowsAsync(parts, cancellationToken);
        Tell("indexes and constraints", "are made", 0.1);
        await ToolAsync("indexes and constraints", "pg_restore", ["--exit-on-error", "--single-transaction", "--section=post-data", "-d", RestoreTarget.Name(request.Target), file], cancellationToken);
        Tell("indexes and constraints", "done", 1);
        await parts.FinishAsync(target, request.Target, Beside, cancellationToken);
    }

    /// <summary>What was made now is taken away again, by its mark, and what was moved goes back. If that fails, <c>--resume</c> does it.</summary>
    private async Task UndoAsync(PartialSelection parts, Exception cause)
    {
        try
        {
            await _mark.RemoveAsync(_model.Name, CancellationToken.None);
            await _aside.BackAsync(parts.Schemas, CancellationToken.None);
            _isToBeResumed = false;
        }
        catch (Exception e) when (e is NpgsqlException or AgentException)
        {
            throw new RestoreFailedException(SqlName.Show(request.Target), $"{cause.Message}\nWhat was made could not be taken away again: {e.Message}", cause);
        }
    }

    private async Task RequireDatabaseAsync(CancellationToken cancellationToken)
    {
        if ((await target.ReadAsync("postgres", $"SELECT 1 FROM pg_catalog.pg_database WHERE datname = {SqlName.Literal(request.Target)}", row => row.GetInt32(0), cancellationToken)).Count == 0)
            throw new AgentException($"There is no database {SqlName.Show(request.Target)} to restore into.", $"Make it first: createdb {ToolCommand.Quote(request.Target)}. Or restore the whole database: without --schema and --table.");
    }

    /// <summary>Nothing is restored over what lives.</summary>
    /// <returns>Whether something has to step aside.</returns>
    private async Task<bool> RefuseAsync(PartialSelection parts, CancellationToken cancellationToken)
    {
        var found = await parts.InTheWayAsync(target, request.Target, Beside, cancellationToken);
        if (found.Count == 0 || request.Replaces)
            return found.Count > 0;
        throw new AgentException($"Nothing was restored: {string.Join(", ", found)} {(found.Count == 1 ? "is" : "are")} there already.",
            await RestoreMark.IsThereAsync(target, request.Target, cancellationToken) ? "A restore that was killed has left it half made. It goes on with: sispi-agent restore --resume"
            : Beside is { } beside ? $"An earlier restore of this set made it. When it is no longer wanted: DROP SCHEMA {SqlName.Show(beside)} CASCADE"
            : request.Schemas.Count > 0 ? "Add --replace: what lives is renamed to NAME_before_TIME, and kept. Or restore the database under another name: --database NAME --as OTHER"
            : "Add --beside: it comes back in a schema of its own, and what lives stays as it is. Or --replace: what lives moves to a schema NAME_before_TIME, and is kept.");
    }

    private async Task RowsAsync(PartialSelection parts, CancellationToken cancellationToken)
    {
        foreach (var (file, arguments, label) in parts.RowFiles(set.Manifest))
        {
            Tell(label, "restores rows", 0.1);
            await RowsIntoAsync(request.Target, file, arguments, label, cancellationToken);
            Tell(label, "done", 1);
        }
    }

    /// <summary>Rows have to go under another name than the file has: they are restored into a second scratch database and copied from there.</summary>
    private async Task RowsBesideAsync(PartialSelection parts, string beside, CancellationToken cancellationToken)
    {
        var rows = new ScratchDatabase(target, set, _database, "rows");
        _work.Add(rows);
        await rows.MakeAsync(withConstraints: false, cancellationToken);
        foreach (var (file, arguments, label) in parts.RowFiles(set.Manifest))
        {
            Tell(label, "restores rows", 0.1);
            await RowsIntoAsync(rows.Name, file, arguments, label, cancellationToken);
        }

        foreach (var table in parts.Leaves)
        {
            Tell(SqlName.Show(table.Schema, table.Name), $"goes to {beside}", 0.7);
            await CopyAsync(rows.Name, table, beside, cancellationToken);
            Tell(SqlName.Show(table.Schema, table.Name), "done", 1);
        }
    }

    /// <summary>Rows of a file. Where it holds nothing else, how far it is read says how far the restore is.</summary>
    private async Task RowsIntoAsync(string database, string file, IReadOnlyList<string> arguments, string label, CancellationToken cancellationToken)
    {
        var path = Path.Combine(set.Folder, file);
        var isAll = set.Manifest.Files.Any(one => one.Name == file && one.Tables.Count == 1 && one.UnitKind is UnitKind.Tables);
        await using var watch = isAll ? new FileProgress(path, new(label, "restores rows", 0.1), progress, time) : null;
        await ToolRunner.RunToSuccessAsync(
            target.Tool("pg_restore", ["--exit-on-error", "--single-transaction", "-a", .. arguments, "-d", RestoreTarget.Name(database), path]) with { OnStarted = watch is null ? null : watch.Watch }, cancellationToken);
    }

    private async Task CopyAsync(string from, SetTable table, string beside, CancellationToken cancellationToken)
    {
        await using var source = await target.OpenAsync(from, cancellationToken);
        await using var goal = await target.OpenAsync(request.Target, cancellationToken);
        await using var read = await source.BeginRawBinaryCopyAsync($"COPY {SqlName.Quote(table.Schema)}.{SqlName.Quote(table.Name)} TO STDOUT (FORMAT BINARY)", cancellationToken);
        await using var write = await goal.BeginRawBinaryCopyAsync($"COPY {SqlName.Quote(beside)}.{SqlName.Quote(table.Name)} FROM STDIN (FORMAT BINARY)", cancellationToken);
        await read.CopyToAsync(write, 1 << 17, cancellationToken);
    }

    private async Task<RestoreOutcome> CompareAsync(PartialSelection parts, long begin, CancellationToken cancellationToken)
    {
        Tell("comparison", "compares with the manifest", 0.1);
        var isSameMajor = ClientVersions.Major(target.Version) == ClientVersions.Major(set.Manifest.ServerVersionNumber);
        var tables = parts.Leaves.Select(table => table with { Schema = Beside ?? table.Schema }).ToArray();
        var (problems, digests) = await RestoreComparison.TablesAsync(target, tables, request.Target, isSameMajor, parallel, done => Tell("comparison", "compares with the manifest", done), cancellationToken);
        await using (var connection = await target.OpenAsync(request.Target, cancellationToken))
            problems.AddRange(await RestoreComparison.SequencesAsync(connection, parts.Sequences.Select(sequence => sequence with { Schema = Beside ?? sequence.Schema }), cancellationToken));
        Tell("comparison", problems.Count == 0 ? "equal" : string.Create(CultureInfo.InvariantCulture, $"{problems.Count} differences"), 1);
        List<string> remarks = [];
        if (Beside is { } beside)
            remarks.Add($"The tables are in schema {beside} of database {SqlName.Show(request.Target)}, with their indexes and checks, without foreign keys, triggers and rules: nothing there touches what lives. When it is no longer wanted: DROP SCHEMA {beside} CASCADE");
        remarks.AddRange((await _aside.SchemasAsync(cancellationToken)).Select(moved => $"What was there under the names in {SqlName.Show(moved.Original)} is kept in schema {SqlName.Show(moved.Schema)} of database {SqlName.Show(request.Target)}; its foreign keys to other tables hold as before. When it is no longer wanted: DROP SCHEMA {SqlName.Show(moved.Schema)} CASCADE"));
        if (Beside is null && await Dependents.LostAsync(target, _model.Name, request.Target, parts.Schemas, parts.OwnTables, _mark.Name, cancellationToken) is { Count: > 0 } lost)
            remarks.Add($"In the set other objects refer to this that are not there now (DROP … CASCADE takes them along), and they did not come back: {string.Join("; ", lost)}. How they were made: pg_restore -s -f - {ToolCommand.Quote(Path.Combine(set.Folder, ScratchDatabase.Definitions(set, _database)))}");
        return new(problems, [.. remarks, .. parts.Remarks], tables.Length, digests, time.GetElapsedTime(begin));
    }

    private Task<ToolResult> ToolAsync(string label, string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        Tell(label, $"{program} runs", 0.3);
        return ToolRunner.RunToSuccessAsync(target.Tool(program, arguments), cancellationToken);
    }

    private void Tell(string unit, string step, double fraction) => progress.Report(new(unit, step, fraction));
}
