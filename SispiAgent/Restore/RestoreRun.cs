using System.Collections.Concurrent;
using SispiAgent.BackupSets;
using SispiAgent.Findings;
using SispiAgent.Processes;

namespace SispiAgent.Restore;

/// <summary>Does the steps of a plan, each database's in their order, the rows of a database side by side, the largest first.</summary>
/// <param name="target">The server.</param>
/// <param name="folder">The set's folder.</param>
/// <param name="request">What is restored.</param>
/// <param name="parallel">How many sessions at once.</param>
/// <param name="lists">A folder for lists of indexes and constraints; the caller removes it.</param>
/// <param name="journal">Where it is written down; <see langword="null"/> for a server that nobody keeps.</param>
/// <param name="progress">Who wants to know where it is.</param>
/// <param name="time">The clock.</param>
internal sealed class RestoreRun(RestoreTarget target, string folder, RestoreRequest request, int parallel, string lists, RestoreJournal? journal, IProgress<RestoreProgress> progress, TimeProvider time)
{
    /// <summary>A file from this size on is restored with several sessions.</summary>
    private const long SeveralSessionsFrom = 16L << 20;

    /// <summary>A transaction that fills more tables than this could fill the server's lock table.</summary>
    private const int MostTablesAtOnce = 1000;

    /// <summary>The fraction of what has begun.</summary>
    private const double Begun = 0.05;

    private readonly RestoreSlots _slots = new(parallel);
    private readonly List<string> _remarks = [.. journal?.Remarks ?? []];
    private readonly ConcurrentBag<StepTime> _times = [];

    /// <summary>What is to be known: roles that were kept and differ, warnings of the tools.</summary>
    public IReadOnlyList<string> Remarks => [.. _remarks.Distinct()]; // a step that was undone, and done again, has said it twice

    /// <summary>What each step took.</summary>
    public IReadOnlyList<StepTime> Times => [.. StepTime.Together(_times).OrderBy(step => step.Phase).ThenBy(step => step.Database, StringComparer.Ordinal).ThenByDescending(step => step.Took)];

    /// <summary>Does all steps that are not done yet.</summary>
    /// <exception cref="RestoreFailedException">One failed; those that ran beside it were ended.</exception>
    public async Task RunAsync(SetManifest manifest, IReadOnlyList<RestoreStep> steps, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        foreach (var step in steps.Where(step => step.Database is null && step.Phase is RestorePhase.Globals))
            await DoAsync(step, manifest, end.Token);
        var databases = steps.Where(step => step.Database is not null).GroupBy(step => step.Database!).OrderByDescending(group => group.Sum(step => step.Bytes)).ToArray();
        await AllAsync(databases, group => DatabaseAsync([.. group], manifest, end.Token), end);
        foreach (var step in steps.Where(step => step.Database is null && step.Phase is RestorePhase.Statistics))
            await DoAsync(step, manifest, end.Token);
    }

    private async Task DatabaseAsync(IReadOnlyList<RestoreStep> steps, SetManifest manifest, CancellationToken cancellationToken)
    {
        await AgainAsync(steps, cancellationToken);
        IndexLists? indexes = null;
        foreach (var phase in steps.GroupBy(step => step.Phase).OrderBy(phase => phase.Key))
        {
            if (phase.Key is not RestorePhase.Rows)
            {
                foreach (var step in phase)
                    await DoAsync(step.Phase is RestorePhase.Constraints && indexes is not null ? indexes.Rest : step, manifest, cancellationToken);
                continue;
            }

            // also with one session: another run of this restore may have had more
            if (steps.FirstOrDefault(step => step.Phase is RestorePhase.Constraints) is { } constraints)
                indexes = await DivideAsync(constraints, manifest, cancellationToken);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await AllAsync([.. phase.OrderByDescending(step => step.Bytes)], step => RowsAsync(step, manifest, indexes, end), end);
        }
    }

    private async Task<IndexLists> DivideAsync(RestoreStep constraints, SetManifest manifest, CancellationToken cancellationToken)
    {
        try
        {
            return await IndexLists.WriteAsync(target, folder, manifest, constraints, lists, cancellationToken);
        }
        catch (Exception e) when (e is ToolFailedException or IOException or UnauthorizedAccessException)
        {
            throw Failure(Label(constraints), e);
        }
    }

    /// <summary>The rows of a file, and then what can be built on them.</summary>
    private Task RowsAsync(RestoreStep step, SetManifest manifest, IndexLists? indexes, CancellationTokenSource end) => DoAsync(Work(step, manifest), manifest, () =>
        indexes is not null && manifest.Files.FirstOrDefault(file => file.Name == step.Arguments[^1]) is { } file
            ? AllAsync([.. indexes.After(file)], table => TableAsync(table.Table, table.Indexes, indexes, portion => DoAsync(portion, manifest, next: null, end.Token), end), end)
            : Task.CompletedTask, end.Token);

    private static async Task TableAsync(SetTable table, IReadOnlyList<RestoreWork> portions, IndexLists indexes, Func<RestoreWork, Task> build, CancellationTokenSource end)
    {
        await AllAsync(portions, build, end);
        foreach (var key in indexes.After(table))
        {
            await indexes.OneForeignKey.TakeAsync(key.Bytes, end.Token);
            try
            {
                await build(key);
            }
            finally
            {
                indexes.OneForeignKey.Give();
            }
        }
    }

    /// <summary>What others wait for comes before all of them.</summary>
    private static RestoreWork Work(RestoreStep step, SetManifest manifest)
    {
        var bytes = long.MaxValue;
        if (step.Phase is RestorePhase.Rows && manifest.Files.FirstOrDefault(file => file.Name == step.Arguments[^1]) is { } file)
        {
            var tables = file.Tables.ToHashSet();
            bytes = manifest.Databases.First(database => database.Name == file.Database).Tables.Where(table => tables.Contains(table.Oid)).Sum(table => table.Bytes);
        }

        return new(step, Label(step), bytes, IsPortion: false);
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

    private Task DoAsync(RestoreStep step, SetManifest manifest, CancellationToken cancellationToken) => DoAsync(Work(step, manifest), manifest, next: null, cancellationToken);

    /// <summary>Does a step that is not done yet, and then what follows it.</summary>
    private async Task DoAsync(RestoreWork work, SetManifest manifest, Func<Task>? next, CancellationToken cancellationToken)
    {
        var step = work.Step;
        if (step.Phase is RestorePhase.Check)
            return;
        var following = Task.CompletedTask;
        if (journal?.IsDone(Key(step)) == true)
        {
            following = next?.Invoke() ?? following;
        }
        else
        {
            await _slots.TakeAsync(work.Bytes, cancellationToken);
            try
            {
                await RunAsync(work, manifest, cancellationToken);
                following = next?.Invoke() ?? following; // waits for a session before this one falls free, which so goes to the largest of all
            }
            finally
            {
                _slots.Give();
            }
        }

        await following;
    }

    private async Task RunAsync(RestoreWork work, SetManifest manifest, CancellationToken cancellationToken)
    {
        var step = work.Step;
        try
        {
            var isRepeatable = step.Phase is RestorePhase.Rows or RestorePhase.Constraints;
            var isAgain = journal?.IsBegun(Key(step)) == true || isRepeatable && journal?.IsResumed == true;
            journal?.Started(Key(step), survivesPowerCut: !isRepeatable);
            var begin = time.GetTimestamp();
            progress.Report(new(work.Label, Verb(step), Begun));
            var remarks = step.Phase is RestorePhase.Globals
                ? await GlobalsRestore.RunAsync(target, Path.Combine(folder, step.Arguments[^1]), request.NoTablespaces, cancellationToken)
                : await RunToolAsync(work, manifest, isAgain, cancellationToken);
            lock (_remarks)
                _remarks.AddRange(remarks);
            journal?.Done(Key(step), remarks);
            _times.Add(StepTime.Of(manifest, step, request.Database, time.GetElapsedTime(begin)));
            progress.Report(new(work.Label, "done", 1));
        }
        catch (Exception e) when (e is ToolFailedException or AgentException or Npgsql.NpgsqlException or IOException)
        {
            var failure = Failure(work.Label, e);
            journal?.Failed(Key(step), failure.Message);
            progress.Report(new(work.Label, "failed", 1));
            throw failure;
        }
    }

    private static RestoreFailedException Failure(string label, Exception e) => new(label, e is ToolFailedException { Result.ErrorTail: var tail } && !string.IsNullOrWhiteSpace(tail) ? tail.Trim() : e.Message, e);

    private async Task<IReadOnlyList<string>> RunToolAsync(RestoreWork work, SetManifest manifest, bool isAgain, CancellationToken cancellationToken)
    {
        var (step, sessions) = (work.Step, work.IsPortion ? 1 : parallel);
        List<string> options = [];
        IReadOnlyList<string> arguments = step.Program is "pg_restore" or "bash" ? [.. step.Arguments.SkipLast(1), Path.Combine(folder, step.Arguments[^1])] : step.Arguments;
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
                return []; // it was one transaction: it is there whole
            if (step.Phase is RestorePhase.Rows && file?.Tables.Count <= MostTablesAtOnce || (step.Phase is RestorePhase.Definitions && !isCreating && RestorePlan.IsAlwaysThere(step.Database!)))
                options.Add("--single-transaction"); // what breaks leaves nothing
            else if (sessions > 1 && step.Phase is RestorePhase.Constraints or RestorePhase.Definitions && step.Bytes >= (step.Phase is RestorePhase.Constraints ? 0 : SeveralSessionsFrom) && !step.Arguments.Contains("--section=pre-data"))
                options.Add($"--jobs={sessions}");
            if (step.Phase is RestorePhase.Constraints && isAgain)
            {
                options.AddRange(["--clean", "--if-exists"]);
                if (await StandingEntries.LeaveOutAsync(target, arguments, step.Database!, lists, cancellationToken) is not { } left)
                    return [];
                arguments = left;
            }
        }
        else if (step.Phase is RestorePhase.Statistics && sessions > 1)
        {
            options.Add($"--jobs={sessions}");
        }

        var command = target.Tool(step.Program, [.. options, .. arguments], buildsAlone: work.IsPortion && parallel > 1 && _slots.AreBusy);
        await using var watch = step.Program == "pg_restore" && step.Phase is not RestorePhase.Constraints ? new FileProgress(arguments[^1], new(work.Label, Verb(step), Begun), progress, time) : null;
        var result = await ToolRunner.RunToSuccessAsync(command with { OnStarted = watch is null ? null : watch.Watch }, cancellationToken);
        return [.. result.ErrorTail.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => $"{work.Label}: {line}")];
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

    /// <summary>What a step is called for people.</summary>
    internal static string Label(RestoreStep step) => step.Phase switch
    {
        RestorePhase.Globals => "roles",
        RestorePhase.Statistics => step.Database is null ? "statistics" : $"{SqlName.Show(step.Database)}: statistics",
        RestorePhase.Views => $"{SqlName.Show(step.Database!)}: {step.Arguments[^1]["REFRESH ".Length..]}",
        RestorePhase.Definitions when step.Program == "createdb" => $"{SqlName.Show(step.Database!)}: create",
        RestorePhase.Definitions when step.Program == "bash" => $"{SqlName.Show(step.Database!)}: its settings, rights and comment",
        _ => $"{SqlName.Show(step.Database!)}: {step.Arguments[^1]}{(step.Phase is RestorePhase.Constraints ? " (indexes and constraints)" : "")}",
    };

    private static string Verb(RestoreStep step) => step.Bytes > 0 && step.Phase is not RestorePhase.Constraints ? $"restores {ByteSize.Words(step.Bytes)}" : "runs";
}
