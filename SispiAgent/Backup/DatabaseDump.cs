using System.Globalization;
using Npgsql;
using SispiAgent.BackupSets;
using SispiAgent.Processes;

namespace SispiAgent.Backup;

/// <summary>What came of dumping one database.</summary>
/// <param name="Database">For the manifest.</param>
/// <param name="Files">Its files, not hashed yet.</param>
/// <param name="Remarks">What pg_dump warned of, what the version could not do, which attempts were given up.</param>
internal sealed record DumpedDatabase(SetDatabase Database, IReadOnlyList<SetFile> Files, IReadOnlyList<string> Remarks);

/// <summary>Dumps one database from one snapshot, again with a new one when an attempt is void.</summary>
internal sealed class DatabaseDump(RunContext run, ListedDatabase database, TimeProvider time)
{
    private const string Unit = "whole";
    private readonly List<string> _remarks = [];
    private string Name => $"{database.Name} ({Unit})";

    /// <summary>Dumps it.</summary>
    /// <exception cref="BackupFailedException">It could not be dumped.</exception>
    public async Task<DumpedDatabase> RunAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // pg_export_snapshot came with 9.2: before it pg_dump's own snapshot is all there is, which one file for the whole database needs no more than
                return run.Version >= 90200 ? await FromSnapshotAsync(attempt, cancellationToken) : await PlainAsync(cancellationToken);
            }
            catch (AttemptVoidException e) when (attempt < run.Options.Attempts)
            {
                _remarks.Add($"{database.Name}: attempt {attempt} was given up: {e.Message}");
                run.Progress.Report(new(Name, $"given up, begins again: {e.Message}", 0));
            }
            catch (AttemptVoidException e)
            {
                throw new BackupFailedException(Name, $"The dump of {database.Name} was given up {attempt} times, the last time because: {e.Message}", "Run it when that session is done: sispi-agent backup run. Backup:Patience, Backup:LockTimeout and Backup:Attempts say how long it waits.", e);
            }
            catch (Exception e) when (e is NpgsqlException or ToolFailedException or AgentException or IOException)
            {
                throw new BackupFailedException(Name, $"The dump of {database.Name} failed: {e.Message}", e is AgentException { Hint: var hint } ? hint : "See the server's log and the free space, then: sispi-agent backup run", e);
            }
        }
    }

    private async Task<DumpedDatabase> FromSnapshotAsync(int attempt, CancellationToken cancellationToken)
    {
        var session = SessionName.New();
        run.Progress.Report(new(Name, "locks its tables", 0));
        await using var snapshot = await HeldSnapshot.TakeAsync(run.To(database.Name, session), run.Version, run.Options.LockTimeout, time, cancellationToken);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var dumping = DumpAsync(session, snapshot, either.Token);
        var counting = snapshot.CountAsync(either.Token);
        var watching = WaiterWatch.UntilImpatientAsync(run.To("postgres", SessionName.Prefix + "watch"), run.Version, session, run.Options.Patience, time, either.Token);
        var work = Task.WhenAll(dumping, counting);
        var first = await Task.WhenAny(dumping, counting, watching);
        if (first != watching && !first.IsFaulted && !first.IsCanceled)
            first = await Task.WhenAny(work, watching);
        try
        {
            if (first == watching)
                throw new AttemptVoidException($"{await watching} waited behind it for {run.Options.Patience.TotalSeconds:0} s.");
            await first;
            await snapshot.AssertHeldAsync(cancellationToken);
            return Describe(await dumping, await counting, snapshot, attempt);
        }
        finally
        {
            await either.CancelAsync();
            await Task.WhenAll(work, watching).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private async Task<DumpedDatabase> PlainAsync(CancellationToken cancellationToken)
    {
        var begin = time.GetUtcNow();
        var file = await DumpAsync(SessionName.New(), null, cancellationToken);
        _remarks.Add($"{database.Name}: the server can't export a snapshot (before 9.2); one pg_dump read the whole database in its own, rows were not counted.");
        return new(Entry(null, null, begin, 1, []), [file], _remarks);
    }

    private async Task<SetFile> DumpAsync(string session, HeldSnapshot? snapshot, CancellationToken cancellationToken)
    {
        var name = SetFileName.Dump(database.Name, Unit);
        var path = run.Create(name);
        var begin = time.GetUtcNow();
        List<string> arguments =
        [
            "--format=custom", run.Compression, string.Create(CultureInfo.InvariantCulture, $"--lock-wait-timeout={(long)run.Options.LockTimeout.TotalMilliseconds}"), $"--file={path}",
        ];
        if (snapshot is not null)
            arguments.Add($"--snapshot={snapshot.Id}");
        var command = run.Tool("pg_dump", database.Name, session, arguments);
        run.Progress.Report(new(Name, "dumps", 0.1));
        var result = await ToolRunner.RunToSuccessAsync(command, cancellationToken);
        _remarks.AddRange(result.ErrorTail.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => $"{database.Name}: pg_dump said: {line}"));
        run.Progress.Report(new(Name, "reads it back to its end", 0.8));
        if (await DumpReading.ReadAsync(run.Tools.Installation, path, run.Options.DumpTimeout, cancellationToken) is { } problem)
            throw new BackupFailedException(Name, problem, "The disk or its memory may be bad: see dmesg. Then: sispi-agent backup run");
        run.Progress.Report(new(Name, "done", 1));
        return new SetFile(name, "dump", database.Name, Unit, $"PGDATABASE={ToolCommand.Quote(database.Name)} {command with { Arguments = [.. command.Arguments.Select(argument => argument == $"--file={path}" ? $"--file={name}" : argument)] }}",
            snapshot?.Id, snapshot?.Lsn, begin, time.GetUtcNow(), new FileInfo(path).Length, "", [.. (snapshot?.Tables ?? []).Where(table => !table.IsPartitioned).Select(table => table.Oid)]);
    }

    private DumpedDatabase Describe(SetFile file, IReadOnlyList<SetTable> tables, HeldSnapshot snapshot, int attempt) =>
        new(Entry(snapshot.Id, snapshot.Lsn, snapshot.At, attempt, tables), [file], _remarks);

    private SetDatabase Entry(string? snapshot, string? lsn, DateTimeOffset at, int attempts, IReadOnlyList<SetTable> tables) =>
        new(database.Name, database.Owner, database.Encoding, database.Collate, database.CharacterType, database.Bytes, snapshot, lsn, at, attempts, tables);
}
