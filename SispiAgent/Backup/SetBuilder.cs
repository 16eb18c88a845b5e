using System.Collections.Concurrent;
using Npgsql;
using SispiAgent.BackupSets;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Platform;
using SispiAgent.Postgres;

namespace SispiAgent.Backup;

/// <summary>Makes one set: dumps everything into a <c>.partial</c> folder, verifies it, and renames it.</summary>
internal sealed class SetBuilder(ServerConnector connector, ServerReader reader, CurrentSite site, LiveOptions<BackupOptions> options, LiveOptions<PostgresOptions> postgres, SetMarks marks, DumpReaders readers, TimeProvider time)
{
    /// <summary>Makes it.</summary>
    /// <param name="status">This host's server, a primary.</param>
    /// <param name="progress">Who wants to know where it is.</param>
    /// <param name="cancellationToken">Ends it: nothing is left of it.</param>
    /// <exception cref="AgentException">It was refused.</exception>
    /// <exception cref="BackupFailedException">It broke.</exception>
    public async Task<BackupSet> BuildAsync(ServerStatus status, IProgress<BackupProgress> progress, CancellationToken cancellationToken)
    {
        var self = site.Value.Self;
        var settings = options.Current;
        if (self.BackupDirectory.Length == 0)
            throw new AgentException($"{self.Name} has no backup directory.", $"Set Cluster:Nodes:{self.Name}:BackupDirectory.");
        if (status.Version is not { } version) // a frozen or full server is still known, from its files, to be a primary
            throw new AgentException($"PostgreSQL on {self.Name} could not be asked: {status.Problem}", "See what is wrong with it: sispi-agent status. Then: sispi-agent backup run");
        var started = time.GetUtcNow();
        var tools = await DumpTools.FindAsync(postgres.Current.BinDirectory, version, cancellationToken);
        var connection = connector.ConnectionString(self, "postgres");
        await using var only = await AdvisoryLock.TakeAsync(connection, version, time, cancellationToken);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, only.Lost);
        var folder = PartialFolder.Create(Path.Combine(self.BackupDirectory, self.Name), SetName.For(started));
        try
        {
            var compression = await readers.ChooseAsync(tools, end.Token);
            progress.Report(new("compression", $"{compression.Method}: {compression.Reason}", 1));
            var run = new RunContext(self, status, tools, folder, settings, compression, connection, progress) { Last = SetCatalog.Newest(self.BackupDirectory) };
            var manifest = await FillAsync(run, started, end.Token);
            var published = PartialFolder.Publish(folder);
            var set = new BackupSet(published, SetName.TryParse(manifest.Name)!.Value, manifest);
            marks.Record(set.Id, self.Name, problem: null);
            return set;
        }
        catch (OperationCanceledException e) when (only.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new BackupFailedException("advisory lock", "The session that holds the backup's advisory lock was lost: the server was restarted, or ended it.", "See the server's log, then: sispi-agent backup run", e);
        }
        finally
        {
            if (Directory.Exists(folder))
                PartialFolder.Remove(folder);
        }
    }

    private async Task<SetManifest> FillAsync(RunContext run, DateTimeOffset started, CancellationToken cancellationToken)
    {
        List<ListedDatabase> databases;
        await using (var connection = new NpgsqlConnection(run.To("postgres", SessionName.New()).ToString()))
        {
            await connection.OpenAsync(cancellationToken);
            databases = await CatalogReader.DatabasesAsync(connection, cancellationToken);
        }

        var warnings = await Preflight.CheckServerAsync(run, databases, cancellationToken);
        Preflight.CheckSpace(run.Folder, Preflight.Need(run.Last, databases.Sum(database => database.Bytes)));
        var side = new SideFiles(run, time);
        var globals = await side.GlobalsAsync(cancellationToken);
        using var slots = new DumpSlots(run.Options.ParallelHere());
        var dumped = await DumpAllAsync(run, databases, slots, cancellationToken);
        var counted = time.GetUtcNow();
        var (configuration, remarks) = await side.ConfigurationAsync(cancellationToken);
        var proven = await new ReadBack(run, slots).ProveAsync(dumped, cancellationToken);
        var phases = new SetPhases(dumped.SelectMany(database => database.Units).Max(unit => unit.File.Finished), counted, time.GetUtcNow());
        List<SetDatabase> described = [.. proven.Select(database => database.Database)];
        var manifest = new SetManifest(
            SetManifest.CurrentSchema, run.Node.Name, SetName.For(started), run.Status.SystemIdentifier ?? "", run.Status.Timeline ?? 0, VersionText(run.Version), run.Version, AgentVersion.Text, run.Tools.Version,
            started, time.GetUtcNow(), run.Tools.LowestPgRestore, side.LowestPsql(), described,
            [globals, .. dumped.SelectMany(entry => entry.Units.Select(unit => unit.File)), .. dumped.Select(entry => entry.Objects).OfType<SetFile>(), side.Report(described), .. configuration],
            [.. dumped.Select(DatabaseRecord.Certify)], [.. dumped.SelectMany(entry => entry.Remarks), .. proven.SelectMany(database => database.Warnings), .. warnings, .. remarks]) { Phases = phases };
        var guide = side.Text(RestoreGuide.Name, RestoreGuide.Write(manifest, await side.TablespacesAsync(cancellationToken)));
        var now = await reader.ReadAsync(run.Node, cancellationToken);
        manifest = manifest with { Files = await HashAsync(run, [.. manifest.Files, guide], slots, cancellationToken), Finished = time.GetUtcNow(), IsFromFormerPrimary = now.Role is not ServerRole.Primary };
        DurableFile.Write(Path.Combine(run.Folder, ManifestFile.Name), ManifestFile.Write(manifest));
        var ownHash = await SumsFile.HashAsync(Path.Combine(run.Folder, ManifestFile.Name), cancellationToken);
        DurableFile.Write(Path.Combine(run.Folder, SumsFile.Name), SumsFile.Write([.. manifest.Files.Select(file => (file.Name, file.Sha256)), (ManifestFile.Name, ownHash)]));
        return manifest;
    }

    private async Task<IReadOnlyList<DumpedDatabase>> DumpAllAsync(RunContext run, List<ListedDatabase> databases, DumpSlots slots, CancellationToken cancellationToken)
    {
        var done = new ConcurrentDictionary<string, DumpedDatabase>();
        // all begin, in this order, and wait for their turns; the slots say how much is done at once
        using var all = new DumpSlots(databases.Count);
        await all.RunAsync(databases, async (database, token) => done[database.Name] = await new DatabaseDump(run, database, slots, time).RunAsync(token), cancellationToken);
        return [.. databases.Select(database => done[database.Name])];
    }

    private static async Task<IReadOnlyList<SetFile>> HashAsync(RunContext run, IReadOnlyList<SetFile> files, DumpSlots slots, CancellationToken cancellationToken)
    {
        var hashed = new SetFile[files.Count];
        await slots.RunAsync([.. Enumerable.Range(0, files.Count)], async (index, token) =>
        {
            var path = Path.Combine(run.Folder, files[index].Name);
            using (var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite))
                RandomAccess.FlushToDisk(handle);
            hashed[index] = files[index] with { Sha256 = await SumsFile.HashAsync(path, token), Bytes = new FileInfo(path).Length };
        }, cancellationToken);
        return hashed;
    }

    private static string VersionText(int version) => version >= 100000 ? FormattableString.Invariant($"{version / 10000}.{version % 10000}") : FormattableString.Invariant($"{version / 10000}.{version / 100 % 100}.{version % 100}");
}
