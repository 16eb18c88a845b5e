using System.Collections.Concurrent;
using Npgsql;
using SispiAgent.BackupSets;
using SispiAgent.Processes;

namespace SispiAgent.Backup;

/// <summary>One attempt at one database: lock, snapshot, plan, dump, read the tables; void as soon as somebody has waited too long behind its locks.</summary>
internal sealed class DumpAttempt(RunContext run, ListedDatabase database, DumpSlots slots, TimeProvider time) : IAsyncDisposable
{
    private const int MostNamed = 5;
    private readonly string _session = SessionName.New();
    private readonly ConcurrentDictionary<string, DumpedUnit> _dumped = new();
    private readonly ConcurrentDictionary<string, PlannedUnit> _begun = new();
    private readonly CancellationTokenSource _yield = new();
    private HeldSnapshot? _snapshot;
    private SnapshotFacts? _facts;
    private IReadOnlyList<PlannedUnit> _units = [];
    private Task<string?> _watching = Task.FromResult<string?>(null);

    /// <summary>Where it is, for the message when it breaks: the database, and the file that it works on.</summary>
    public string Place { get; private set; } = SqlName.Show(database.Name);

    /// <summary>Does it.</summary>
    /// <exception cref="AttemptVoidException">It has to begin again with a new snapshot.</exception>
    public async Task<DumpedDatabase> RunAsync(CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _yield.Token);
        try
        {
            await slots.RunInTurnAsync(() => PrepareAsync(end.Token), DumpAsync, end.Token);
            var isShared = _snapshot!.Id is not null;
            var readings = isShared ? await TableReadings.ReadAsync(run, database.Name, _session, _snapshot, slots, end.Token) : new Dictionary<long, TableReading>();
            var largeObjects = isShared ? await TableReadings.LargeObjectsAsync(run, database.Name, _session, _snapshot, end.Token) : null;
            var objects = await ObjectsFile.WriteAsync(run, database.Name, _session, _snapshot, time, end.Token);
            await _snapshot.AssertHeldAsync(end.Token);
            return new DumpedDatabase(
                database, _snapshot.Id, _snapshot.Lsn, _snapshot.At, 1, [.. _units.Select(unit => _dumped[unit.Name])], _snapshot.Relations, readings, largeObjects, objects, _facts!,
                [.. _units.SelectMany(unit => _dumped[unit.Name].Warnings), .. DumpRemarks.Of(run, database.Name, _snapshot.Relations, _units, isShared), .. DumpRemarks.OfOids(run, database.Name, _facts!.TablesWithOids) is { } oids ? [oids] : Array.Empty<string>()]);
        }
        catch (OperationCanceledException) when (_yield.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new AttemptVoidException($"{await _watching} waited behind it for {run.Options.Patience.TotalSeconds:0} s.");
        }
        catch (Exception e) when (_snapshot is not null && e is (NpgsqlException or ToolFailedException))
        {
            if (!await IsHeldAsync(cancellationToken))
                throw new AttemptVoidException("The session that held its snapshot was ended.", e);
            if (await GoneAsync(cancellationToken) is [_, ..] gone) // sequences and views can't be locked
                throw new AttemptVoidException($"{string.Join(", ", gone.Take(MostNamed))} was dropped or renamed while it was dumped.", e);
            throw;
        }
    }

    /// <summary>Removes what a void attempt has written: the next one may divide the database differently.</summary>
    public void RemoveFiles()
    {
        foreach (var file in _begun.Values.Select(unit => unit.File).Append(SetFileName.Objects(database.Name)))
            File.Delete(Path.Combine(run.Folder, file));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _yield.CancelAsync();
        await _watching.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        if (_snapshot is not null)
            await _snapshot.DisposeAsync();
        _yield.Dispose();
    }

    private async Task<IReadOnlyList<PlannedUnit>> PrepareAsync(CancellationToken cancellationToken)
    {
        run.Progress.Report(new(SqlName.Show(database.Name), "locks its tables", 0));
        _snapshot = await HeldSnapshot.TakeAsync(run, database.Name, _session, time, cancellationToken);
        _watching = WatchAsync(_yield.Token);
        _facts = await SnapshotFacts.ReadAsync(_snapshot.Connection, run.Version, _snapshot.Relations, cancellationToken);
        _units = DumpPlan.Divide(run.Options, database.Name, _snapshot.Relations, _snapshot.LargeObjectBytes, _snapshot.Id is not null, run.Tools.HasStrictNames);
        run.Progress.Report(new(SqlName.Show(database.Name), "its files are dumped", 1));
        return _units;
    }

    private async Task DumpAsync(PlannedUnit unit, CancellationToken cancellationToken)
    {
        _begun[unit.Name] = unit;
        run.Progress.Report(new(Label(unit), "dumps", 0));
        await using var growth = FileGrowth.Watch(run, unit, Label(unit), time);
        try
        {
            _dumped[unit.Name] = await UnitDump.RunAsync(run, database.Name, unit, _snapshot!, _session, time, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is (ToolFailedException or AgentException or IOException))
        {
            Place = Label(unit);
            throw;
        }

        run.Progress.Report(new(Label(unit), "dumped", 1));
    }

    /// <summary>What the snapshot had and the catalog has no more.</summary>
    private async Task<IReadOnlyList<string>> GoneAsync(CancellationToken cancellationToken)
    {
        await using var connection = await SnapshotSession.OpenAsync(run.To(database.Name, _session), run.Version, cancellationToken);
        var there = (await RelationReader.ReadAsync(connection, run.Version, withSizes: false, cancellationToken)).Select(relation => (relation.Oid, relation.Schema, relation.Name)).ToHashSet();
        return [.. _snapshot!.Relations.Where(relation => !there.Contains((relation.Oid, relation.Schema, relation.Name))).Select(relation => relation.Shown)];
    }

    private async Task<bool> IsHeldAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _snapshot!.AssertHeldAsync(cancellationToken);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    /// <summary>Watches who waits behind the locks, and ends the attempt when somebody has waited too long. If it can't look, that ends the attempt too.</summary>
    private async Task<string?> WatchAsync(CancellationToken cancellationToken)
    {
        try
        {
            var who = await WaiterWatch.UntilImpatientAsync(run.To("postgres", SessionName.Prefix + "watch"), run.Version, _session, run.Options.Patience, time, cancellationToken);
            await _yield.CancelAsync();
            return who;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (NpgsqlException e)
        {
            await _yield.CancelAsync();
            return $"nobody could be seen any more ({e.Message}): a session that may have";
        }
    }

    private string Label(PlannedUnit unit) => $"{SqlName.Show(database.Name)}, {unit.Name}";
}
