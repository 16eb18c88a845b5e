using Npgsql;
using SispiAgent.BackupSets;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Postgres;

namespace SispiAgent.Backup;

/// <summary>A database and the files that a backup would make of it now.</summary>
/// <param name="Database">The database.</param>
/// <param name="Units">The files.</param>
/// <param name="Remarks">What is to be known.</param>
internal sealed record PlannedDatabase(ListedDatabase Database, IReadOnlyList<PlannedUnit> Units, IReadOnlyList<string> Remarks);

/// <summary>What a backup would do, from the catalogs; locks nothing and writes nothing.</summary>
internal sealed class BackupPreview(ServerConnector connector, ServerReader reader, CurrentSite site, LiveOptions<BackupOptions> options, LiveOptions<PostgresOptions> postgres)
{
    /// <summary>Plans every database.</summary>
    /// <exception cref="AgentException">The server can't be asked.</exception>
    public async Task<IReadOnlyList<PlannedDatabase>> ReadAsync(CancellationToken cancellationToken)
    {
        var self = site.Value.Self;
        if (self.Kind is not NodeKind.Database)
            throw new AgentException($"{self.Name} is no database host.", "Run it on the primary.");
        var status = await reader.ReadAsync(self, cancellationToken);
        if (status.Version is not { } version)
            throw new AgentException($"PostgreSQL on {self.Name} could not be asked: {status.Problem}", "A plan needs a server that answers SQL: run it on the primary.");
        var run = new RunContext(self, status, await DumpTools.FindAsync(postgres.Current.BinDirectory, version, cancellationToken), "", options.Current, CompressionChoice.None, connector.ConnectionString(self, "postgres"), new Progress<BackupProgress>());
        List<ListedDatabase> databases;
        await using (var connection = await OpenAsync(run, "postgres", cancellationToken))
            databases = await CatalogReader.DatabasesAsync(connection, cancellationToken);
        List<PlannedDatabase> planned = [];
        foreach (var database in databases)
        {
            await using var connection = await OpenAsync(run, database.Name, cancellationToken);
            var relations = await RelationReader.ReadAsync(connection, version, withSizes: true, cancellationToken);
            var isShared = run.Tools.CanShareSnapshot(version);
            var units = DumpPlan.Divide(run.Options, database.Name, relations, await RelationReader.LargeObjectBytesAsync(connection, cancellationToken), isShared, run.Tools.HasStrictNames);
            planned.Add(new(database, units, [.. DumpRemarks.Of(run, database.Name, relations, units, isShared)]));
        }

        return planned;
    }

    private static async Task<NpgsqlConnection> OpenAsync(RunContext run, string database, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(run.To(database, SessionName.Prefix + "plan").ToString());
        await connection.OpenAsync(cancellationToken);
        return connection;
    }
}
