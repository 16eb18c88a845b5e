using Npgsql;
using SispiAgent.BackupSets;
using SispiAgent.Configuration;
using SispiAgent.Platform;
using SispiAgent.Postgres;
using SispiAgent.Processes;

namespace SispiAgent.Restore;

/// <summary>A restore from its checks to its comparison: everything, or a database. Parts of a database go another way: <see cref="PartialRestore"/>.</summary>
internal sealed class Restorer(LiveOptions<PostgresOptions> postgres, LiveOptions<RestoreOptions> options, AgentPaths paths, TimeProvider time)
{
    /// <summary>Where the journals are.</summary>
    public string Journals => Path.Combine(paths.StateDirectory, "restores");

    /// <summary>Restores.</summary>
    /// <param name="set">The set.</param>
    /// <param name="request">What of it.</param>
    /// <param name="connection">Where to.</param>
    /// <param name="progress">Who wants to know where it is.</param>
    /// <param name="cancellationToken">Ends it: <c>--resume</c> goes on.</param>
    /// <exception cref="AgentException">It was refused, and nothing was made.</exception>
    /// <exception cref="RestoreFailedException">It broke; <c>--resume</c> goes on.</exception>
    public async Task<RestoreOutcome> RunAsync(BackupSet set, RestoreRequest request, NpgsqlConnectionStringBuilder connection, IProgress<RestoreProgress> progress, CancellationToken cancellationToken)
    {
        using var only = Lock();
        using var hold = await SetHold.TakeAsync(set.Folder, "a restore", time, cancellationToken);
        using var lifeline = Lifeline.Start();
        var target = await CheckAsync(set, request, connection, lifeline.Run, progress, cancellationToken);
        var globals = Path.Combine(set.Folder, set.Manifest.Files.First(file => file.Kind == "globals").Name);
        if (request.WithRoles && request.Database is not null)
            await GlobalsRestore.RunAsync(target, globals, noTablespaces: true, cancellationToken);
        var missing = request.Database is null ? [] : await GlobalsRestore.MissingAsync(target, globals, cancellationToken);
        try
        {
            return (request.IsPartial
                ? await PartAsync(target, set, request, connection, progress, cancellationToken)
                : await WholeAsync(target, set, request, connection, progress, cancellationToken)) with { Set = set.Id, Into = Words(connection) };
        }
        catch (RestoreFailedException e) when (missing.Count > 0)
        {
            throw new RestoreFailedException(e.At, $"{e.Message}\nThe server lacks roles of the set: {string.Join(", ", missing)}. If it is for want of them: --roles makes them.", e) { IsUndone = e.IsUndone };
        }
    }

    private async Task<RestoreOutcome> PartAsync(RestoreTarget target, BackupSet set, RestoreRequest request, NpgsqlConnectionStringBuilder connection, IProgress<RestoreProgress> progress, CancellationToken cancellationToken)
    {
        using var journal = Begin(request, connection);
        return await new PartialRestore(target, set, request, options.Current.ParallelHere(isDrill: false), journal, progress, time).RunAsync(cancellationToken);
    }

    private RestoreJournal Begin(RestoreRequest request, NpgsqlConnectionStringBuilder connection) =>
        RestoreJournal.Begin(Journals, request, new NpgsqlConnectionStringBuilder { Host = connection.Host, Port = connection.Port, Username = connection.Username }.ToString(), time);

    private async Task<RestoreOutcome> WholeAsync(RestoreTarget target, BackupSet set, RestoreRequest request, NpgsqlConnectionStringBuilder connection, IProgress<RestoreProgress> progress, CancellationToken cancellationToken)
    {
        var aside = await DatabasesAside.FindAsync(target, request, set.Manifest, time.GetUtcNow(), cancellationToken);
        using var journal = Begin(request, connection);
        try
        {
            await DatabasesAside.MoveAsync(target, journal, aside, cancellationToken);
        }
        catch (AgentException e) // what was renamed before it stays so, and is said; there is nothing to go on with
        {
            journal.End();
            var moved = aside.Where(database => journal.IsDone(database.Statement)).Select(database => database.Words);
            throw new AgentException(string.Join('\n', [e.Message, .. moved]), e.Hint, e);
        }

        return await GoAsync(target, set, request, journal, progress, cancellationToken);
    }

    /// <summary>Goes on with the newest restore that has not ended.</summary>
    /// <exception cref="AgentException">There is none, or it was refused.</exception>
    /// <exception cref="RestoreFailedException">It broke again.</exception>
    public async Task<RestoreOutcome> ResumeAsync(Func<string, NpgsqlConnectionStringBuilder> connect, IProgress<RestoreProgress> progress, CancellationToken cancellationToken)
    {
        using var only = Lock();
        using var journal = RestoreJournal.Resume(Journals, time);
        var request = journal.Request!;
        using var hold = await SetHold.TakeAsync(request.SetFolder, "a restore", time, cancellationToken);
        using var lifeline = Lifeline.Start();
        var manifest = ManifestFile.Read(request.SetFolder);
        var set = new BackupSet(request.SetFolder, manifest.Started, manifest);
        var connection = connect(journal.Target!);
        var target = await CheckAsync(set, request, connection, lifeline.Run, progress, cancellationToken);
        // what a killed run has left running on the server would work on the same tables
        await EndOthersAsync(target, cancellationToken);
        await DatabasesAside.MoveAsync(target, journal, journal.Kept, cancellationToken);
        return (request.IsPartial
            ? await new PartialRestore(target, set, request, options.Current.ParallelHere(isDrill: false), journal, progress, time).RunAsync(cancellationToken)
            : await GoAsync(target, set, request, journal, progress, cancellationToken)) with { Set = set.Id, Into = Words(connection) };
    }

    private async Task EndOthersAsync(RestoreTarget target, CancellationToken cancellationToken)
    {
        var of = $"FROM pg_catalog.pg_stat_activity WHERE application_name LIKE '{RestoreTarget.SessionPrefix}%' AND application_name <> '{target.Session}'";
        while ((await target.ReadAsync("postgres", $"SELECT count(pg_terminate_backend({(target.Version >= 90200 ? "pid" : "procpid")})) {of}", row => row.GetInt64(0), cancellationToken))[0] > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken);
    }

    /// <summary>The server, if the set can be restored into it.</summary>
    /// <exception cref="AgentException">It can't.</exception>
    public async Task<RestoreTarget> CheckAsync(BackupSet set, RestoreRequest request, NpgsqlConnectionStringBuilder connection, string run, IProgress<RestoreProgress> progress, CancellationToken cancellationToken)
    {
        if (request.Database is not null)
            request.Find(set.Manifest);
        progress.Report(new("set", "checks that the files are as they were written", 0.05));
        if (await SetVerification.VerifyAsync(set.Folder, cancellationToken) is { Count: > 0 } damage)
            throw new AgentException($"{set.Folder} is damaged: {string.Join("; ", damage)}", "Take another set, or its copy on the other host: sispi-agent backup list");
        progress.Report(new("set", "is as it was written", 1));
        var version = await AskVersionAsync(connection, cancellationToken);
        var tools = await RestoreTools.FindAsync(postgres.Current.BinDirectory, set.Manifest.LowestPgRestore, version, cancellationToken);
        var target = new RestoreTarget(connection, tools, version) { Run = run, Timeout = options.Current.StepTimeout };
        if (await RestoreCheck.IsInRecoveryAsync(target, cancellationToken))
            throw new AgentException($"The server at {Words(connection)} is a standby: nothing can be written there.", "Name the primary or another server: --host, --port");
        if (!await RestoreCheck.IsSuperuserAsync(target, cancellationToken))
            throw new AgentException($"{Words(connection)} is no superuser: what belongs to others can't be restored.", "Name one: --user");
        if (await RestoreCheck.LacksAsync(target, set.Manifest, request.Targets(set.Manifest).Select(entry => entry.Database), cancellationToken) is { Count: > 0 } lacks)
            throw new AgentException($"The set can't be restored here: {string.Join("; ", lacks)}.", "Install what is missing on that server's host (of an extension its files; it is created by the restore), or restore into another server: --host, --port");
        return target;
    }

    /// <summary>The server's version number.</summary>
    /// <exception cref="AgentException">It can't be asked.</exception>
    public static async Task<int> AskVersionAsync(NpgsqlConnectionStringBuilder connection, CancellationToken cancellationToken)
    {
        try
        {
            await using var look = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connection.ToString()) { Database = "postgres", Pooling = false }.ToString());
            await look.OpenAsync(cancellationToken);
            await using var ask = new NpgsqlCommand("SELECT current_setting('server_version_num')::int", look);
            return (int)(await ask.ExecuteScalarAsync(cancellationToken))!;
        }
        catch (NpgsqlException e)
        {
            throw new AgentException($"The server at {Words(connection)} can't be asked: {e.Message}", "Start it, or name another one: --host, --port, --user", e);
        }
    }

    /// <summary>The lock of this host's restores; <see langword="null"/>: one is at work.</summary>
    public static FileLock? TryLock(AgentPaths paths) => FileLock.TryTake(Path.Combine(paths.StateDirectory, "restore.lock"));

    /// <summary>A server for people.</summary>
    public static string Words(NpgsqlConnectionStringBuilder connection) => FormattableString.Invariant($"{connection.Username}@{connection.Host}:{connection.Port}");

    private async Task<RestoreOutcome> GoAsync(RestoreTarget target, BackupSet set, RestoreRequest request, RestoreJournal journal, IProgress<RestoreProgress> progress, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        var parallel = options.Current.ParallelHere(isDrill: false);
        var lists = Path.ChangeExtension(journal.Path, ".lists");
        var run = new RestoreRun(target, set.Folder, request, parallel, lists, journal, progress, time);
        string[] kept = [.. journal.Kept.Select(database => database.Words)];
        try
        {
            await run.RunAsync(set.Manifest, request.Steps(set.Manifest), cancellationToken);
        }
        catch (RestoreFailedException e) when (kept.Length > 0)
        {
            throw new RestoreFailedException(e.At, $"{e.Message}\n{string.Join('\n', kept)}", e) { IsUndone = e.IsUndone };
        }

        if (Directory.Exists(lists))
            Directory.Delete(lists, recursive: true);
        var comparisons = new List<RestoreComparison>();
        foreach (var (database, name) in request.Targets(set.Manifest))
            comparisons.Add(await RestoreComparison.RunAsync(target, set, database, name, parallel, progress, cancellationToken));
        journal.End();
        return new([.. comparisons.SelectMany(one => one.Problems)], [.. kept, .. run.Remarks, .. comparisons.SelectMany(one => one.Remarks)], comparisons.Sum(one => one.Tables), comparisons.Sum(one => one.Digests), time.GetElapsedTime(begin));
    }

    private FileLock Lock()
    {
        OwnerOnly.CreateFolder(paths.StateDirectory);
        return TryLock(paths) ?? throw new AgentException("Another restore of this host is at work.", "Wait for it, or stop it; then go on with: sispi-agent restore --resume");
    }
}
