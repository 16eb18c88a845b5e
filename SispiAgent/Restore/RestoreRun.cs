using System.Collections.Concurrent;
using SispiAgent.BackupSets;
using SispiAgent.Findings;
using SispiAgent.Processes;

namespace SispiAgent.Restore;

/// <summary>Does the steps of a plan, each database's in their order, the rows of a database side by side, the longest first.</summary>
/// <param name="target">The server.</param>
/// <param name="folder">The set's folder.</param>
/// <param name="request">What is restored.</param>
/// <param name="parallel">How many sessions at once.</param>
/// <param name="journal">Where it is written down; <see langword="null"/> for a server that nobody keeps.</param>
/// <param name="progress">Who wants to know where it is.</param>
/// <param name="time">The clock.</param>
internal sealed class RestoreRun(RestoreTarget target, string folder, RestoreRequest request, int parallel, RestoreJournal? journal, IProgress<RestoreProgress> progress, TimeProvider time)
{
    /// <summary>A file from this size on is restored with several sessions.</summary>
    private const long SeveralSessionsFrom = 16L << 20;

    /// <summary>A transaction that fills more tables than this could fill the server's lock table.</summary>
    private const int MostTablesAtOnce = 1000;

    /// <summary>The fraction of what has begun.</summary>
    private const double Begun = 0.05;

    private readonly List<string> _remarks = [];
    private readonly ConcurrentBag<StepTime> _times = [];

    /// <summary>What is to be known: roles that were kept and differ, warnings of the tools.</summary>
    public IReadOnlyList<string> Remarks => _remarks;

    /// <summary>What each step took.</summary>
    public IReadOnlyList<StepTime> Times => [.. _times.OrderBy(step => step.Phase).ThenBy(step => step.Database, StringComparer.Ordinal).ThenByDescending(step => step.Took)];

    /// <summary>Does all steps that are not done yet.</summary>
    /// <exception cref="RestoreFailedException">One failed; those that ran beside it were ended.</exception>
    public async Task RunAsync(SetManifest manifest, IReadOnlyList<RestoreStep> steps, CancellationToken cancellationToken)
    {
        using var slots = new SemaphoreSlim(parallel);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        foreach (var step in steps.Where(step => step.Database is null && step.Phase is RestorePhase.Globals))
            await DoAsync(step, manifest, slots, end.Token);
        var databases = steps.Where(step => step.Database is not null).GroupBy(step => step.Database!).OrderByDescending(group => group.Sum(step => step.Bytes)).ToArray();
        await AllAsync(databases, group => DatabaseAsync([.. group], manifest, slots, end.Token), end);
        foreach (var step in steps.Where(step => step.Database is null && step.Phase is RestorePhase.Statistics))
            await DoAsync(step, manifest, slots, end.Token);
    }

    private async Task DatabaseAsync(IReadOnlyList<RestoreStep> steps, SetManifest manifest, SemaphoreSlim slots, CancellationToken cancellationToken)
    {
        await AgainAsync(steps, cancellationToken);
        foreach (var phase in steps.GroupBy(step => step.Phase).OrderBy(phase => phase.Key))
        {
            if (phase.Key is not RestorePhase.Rows)
            {
                foreach (var step in phase)
                    await DoAsync(step, manifest, slots, cancellationToken);
                continue;
            }

            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await AllAsync([.. phase.OrderByDescending(step => step.Bytes)], step => DoAsync(step, manifest, slots, end.Token), end);
        }
    }

    /// <summary>A database whose definitions were begun and not finished is begun anew: it is ours, since it was not there when the restore began.</summary>
    private async Task AgainAsync(IReadOnlyList<RestoreStep> steps, CancellationToken cancellationToken)
    {
        RestoreStep[] definitions = [.. steps.Where(step => step.Phase is RestorePhase.Definitions)];
        if (journal is null || !definitions.Any(step => journal.IsBegun(Key(step)) && !journal.IsDone(Key(step))))
            return;
        if (!RestorePlan.IsAlwaysThere(steps[0].Database!))
            await target.ExecuteAsync("postgres", [$"DROP DATABASE IF EXISTS {SqlName.Quote(steps[0].Database!)}"], cancellationToken);
        journal.Undo(steps.Select(Key));
    }

    private async Task DoAsync(RestoreStep step, SetManifest manifest, SemaphoreSlim slots, CancellationToken cancellationToken)
    {
        if (step.Phase is RestorePhase.Check || journal?.IsDone(Key(step)) == true)
            return;
        await slots.WaitAsync(cancellationToken);
        var label = Label(step);
        try
        {
            var isAgain = journal?.IsBegun(Key(step)) == true;
            journal?.Started(Key(step));
            var begin = time.GetTimestamp();
            progress.Report(new(label, Verb(step), Begun));
            if (step.Phase is RestorePhase.Globals)
                _remarks.AddRange(await GlobalsRestore.RunAsync(target, Path.Combine(folder, step.Arguments[^1]), request.NoTablespaces, cancellationToken));
            else
                await RunToolAsync(step, manifest, isAgain, cancellationToken);
            journal?.Done(Key(step));
            _times.Add(StepTime.Of(manifest, step, request.Database, time.GetElapsedTime(begin)));
            progress.Report(new(label, "done", 1));
        }
        catch (Exception e) when (e is ToolFailedException or AgentException or Npgsql.NpgsqlException or IOException)
        {
            var why = e is ToolFailedException failed ? failed.Result.ErrorTail.Trim() : e.Message;
            journal?.Failed(Key(step), why);
            progress.Report(new(label, "failed", 1));
            throw new RestoreFailedException(label, why.Length > 0 ? why : e.Message, e);
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task RunToolAsync(RestoreStep step, SetManifest manifest, bool isAgain, CancellationToken cancellationToken)
    {
        List<string> options = [];
        if (step.Program == "pg_restore")
        {
            options.Add("--exit-on-error");
            if (request.NoTablespaces)
                options.Add("--no-tablespaces");
            var file = manifest.Files.FirstOrDefault(file => file.Name == step.Arguments[^1]);
            var isCreating = step.Arguments.Contains("-C");
            if (isAgain && step.Phase is RestorePhase.Rows && file is not null)
                await EmptyAsync(step, manifest, file, cancellationToken);
            if (isAgain && step.Phase is RestorePhase.Definitions && !isCreating && RestorePlan.IsAlwaysThere(step.Database!) && await RestoreCheck.CountAsync(target, step.Database!, cancellationToken) > 0)
                return; // it was one transaction: it is there whole
            if (step.Phase is RestorePhase.Rows && file?.Tables.Count <= MostTablesAtOnce || (step.Phase is RestorePhase.Definitions && !isCreating && RestorePlan.IsAlwaysThere(step.Database!)))
                options.Add("--single-transaction"); // what breaks leaves nothing
            else if (parallel > 1 && step.Phase is RestorePhase.Constraints or RestorePhase.Definitions && step.Bytes >= (step.Phase is RestorePhase.Constraints ? 0 : SeveralSessionsFrom) && !step.Arguments.Contains("--section=pre-data"))
                options.Add($"--jobs={parallel}");
            if (step.Phase is RestorePhase.Constraints && isAgain)
                options.AddRange(["--clean", "--if-exists"]);
        }
        else if (step.Phase is RestorePhase.Statistics && parallel > 1)
        {
            options.Add($"--jobs={parallel}");
        }

        string[] arguments = step.Program == "pg_restore" ? [.. step.Arguments.SkipLast(1), Path.Combine(folder, step.Arguments[^1])] : [.. step.Arguments];
        var command = target.Tool(step.Program, [.. options, .. arguments]);
        await using var watch = step.Program == "pg_restore" && step.Phase is not RestorePhase.Constraints ? new FileProgress(arguments[^1], new(Label(step), Verb(step), Begun), progress, time) : null;
        var result = await ToolRunner.RunToSuccessAsync(command with { OnStarted = watch is null ? null : watch.Watch }, cancellationToken);
        foreach (var line in result.ErrorTail.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            Remark($"{Label(step)}: {line}");
    }

    /// <summary>
    /// What a file has left is taken out before it is restored again: whoever was killed can't know whether his last transaction was committed. Nothing refers to its
    /// tables yet.
    /// </summary>
    private async Task EmptyAsync(RestoreStep step, SetManifest manifest, SetFile file, CancellationToken cancellationToken)
    {
        var oids = file.Tables.ToHashSet();
        var tables = manifest.Databases.First(database => database.Name == file.Database).Tables.Where(table => oids.Contains(table.Oid));
        var statements = tables.Chunk(MostTablesAtOnce / 2).Select(some => $"TRUNCATE ONLY {string.Join(", ONLY ", some.Select(table => $"{SqlName.Quote(table.Schema)}.{SqlName.Quote(table.Name)}"))}");
        await target.ExecuteAsync(step.Database!, statements, cancellationToken);
        // each of them is a lock until its transaction ends
        while (file.UnitKind is UnitKind.Rest && (await target.ReadAsync(step.Database!, $"SELECT count(lo_unlink(oid)) FROM (SELECT oid FROM pg_catalog.pg_largeobject_metadata LIMIT {MostTablesAtOnce}) AS few", row => row.GetInt64(0), cancellationToken))[0] > 0)
        {
        }
    }

    private void Remark(string remark)
    {
        lock (_remarks)
            _remarks.Add(remark);
    }

    /// <summary>All at once, as far as there are slots. The first failure ends the others and is thrown when they have ended.</summary>
    private static async Task AllAsync<T>(IReadOnlyList<T> work, Func<T, Task> run, CancellationTokenSource end)
    {
        Task[] running = [.. work.Select(async item =>
        {
            try
            {
                await run(item);
            }
            catch
            {
                await end.CancelAsync();
                throw;
            }
        })];
        await Task.WhenAll(running).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        if (running.FirstOrDefault(task => task.IsFaulted) is { } failed)
            await failed; // not that the others were ended because of it
        await Task.WhenAll(running);
    }

    private static string Key(RestoreStep step) => step.ToString();

    private static string Label(RestoreStep step) => step.Phase switch
    {
        RestorePhase.Globals => "roles",
        RestorePhase.Statistics => step.Database is null ? "statistics" : $"{SqlName.Show(step.Database)}: statistics",
        RestorePhase.Views => $"{SqlName.Show(step.Database!)}: {step.Arguments[^1]["REFRESH ".Length..]}",
        _ => $"{SqlName.Show(step.Database!)}: {step.Arguments[^1]}{(step.Phase is RestorePhase.Constraints ? " (indexes and constraints)" : "")}",
    };

    private static string Verb(RestoreStep step) => step.Bytes > 0 && step.Phase is not RestorePhase.Constraints ? $"restores {ByteSize.Words(step.Bytes)}" : "runs";
}
