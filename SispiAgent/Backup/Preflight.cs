using System.Globalization;
using Npgsql;
using SispiAgent.BackupSets;
using SispiAgent.Findings;

namespace SispiAgent.Backup;

/// <summary>What is checked before the first byte is written.</summary>
internal static class Preflight
{
    /// <summary>Room that is left beside the estimate.</summary>
    private const long Reserve = 64L << 20;

    /// <summary>Checks the role's rights and the lock table.</summary>
    /// <param name="run">The run.</param>
    /// <param name="databases">The databases.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>What is to be known, but hinders nothing.</returns>
    /// <exception cref="AgentException">The run would fail, or do harm.</exception>
    public static async Task<IReadOnlyList<string>> CheckServerAsync(RunContext run, IReadOnlyList<ListedDatabase> databases, CancellationToken cancellationToken)
    {
        List<string> warnings = [.. run.Options.Databases.Keys.Except(databases.Select(database => database.Name)).Select(name => $"Backup:Databases names {name}, and there is no such database.")];
        await using (var connection = new NpgsqlConnection(run.To("postgres", SessionName.New()).ToString()))
        {
            await connection.OpenAsync(cancellationToken);
            if (await CatalogReader.TextAsync(connection, "SELECT rolsuper::text FROM pg_roles WHERE rolname = current_user", cancellationToken) != "true")
                throw await RoleRights.RefusalAsync(run, databases, cancellationToken);
            warnings.AddRange((await CatalogReader.ClosedAsync(connection, cancellationToken)).Select(name => $"Database {SqlName.Show(name)} allows no connections: nothing of it is in the set."));
            warnings.AddRange((await CatalogReader.ScratchAsync(connection, cancellationToken)).Select(name => $"Database {name} is a restore's, which is at work or was killed: it is not in the set. Is no restore at work, then: sispi-agent restore --resume"));
            if (run.Version is >= 90600 and < 170000 && await CatalogReader.TextAsync(connection, "SHOW old_snapshot_threshold", cancellationToken) is { } threshold and not "-1")
                warnings.Add($"old_snapshot_threshold is {threshold}: a dump that takes longer is ended by the server (\"snapshot too old\"). -1 switches it off.");
        }

        await CheckLocksAsync(run, databases, cancellationToken);
        if (DumpRemarks.OfTools(run) is { } remark)
            warnings.Add(remark);
        return warnings;
    }

    /// <summary>How much a new set may need: by the last one where there is one, else half of what the databases take.</summary>
    public static long Need(BackupSet? last, long databaseBytes)
    {
        var before = last?.Manifest.Databases.Sum(database => database.Bytes) ?? 0;
        return Reserve + (before > 0 ? (long)(last!.Manifest.Bytes * 1.2 * Math.Max(1, (double)databaseBytes / before)) : databaseBytes / 2);
    }

    /// <summary>Checks the free space.</summary>
    /// <exception cref="AgentException">There is too little.</exception>
    public static void CheckSpace(string folder, long need)
    {
        var free = new DriveInfo(folder).AvailableFreeSpace;
        if (free < need)
            throw new AgentException($"{folder} has {ByteSize.Words(free)} free, and a set may need {ByteSize.Words(need)}.", "Make room; sispi-agent backup prune --dry-run shows which sets may go.");
    }

    private static async Task CheckLocksAsync(RunContext run, IReadOnlyList<ListedDatabase> databases, CancellationToken cancellationToken)
    {
        List<int> tables = [];
        long locks = 0, connections = 0;
        foreach (var database in databases)
        {
            await using var connection = new NpgsqlConnection(run.To(database.Name, SessionName.New()).ToString());
            await connection.OpenAsync(cancellationToken);
            tables.Add((await RelationReader.ReadAsync(connection, run.Version, withSizes: false, cancellationToken)).Count(relation => relation.IsLocked));
            if (locks > 0)
                continue;
            locks = Number(await CatalogReader.TextAsync(connection, "SHOW max_locks_per_transaction", cancellationToken));
            connections = Number(await CatalogReader.TextAsync(connection, "SHOW max_connections", cancellationToken)) + Number(await CatalogReader.TextAsync(connection, "SHOW max_prepared_transactions", cancellationToken));
        }

        // one more than files are dumped at once: the next database is locked while the last files of others are still being dumped
        var atOnce = tables.OrderDescending().Take(run.Options.ParallelHere() + 1).Sum(count => (long)count);
        if (LockArithmetic.Refusal(atOnce, locks, connections) is { } refusal)
            throw new AgentException($"The dump was refused: {refusal}.", $"Set max_locks_per_transaction to {LockArithmetic.Enough(atOnce, connections)} and restart the servers, the standby first; or lower Backup:Parallel.");
    }

    private static long Number(string? text) => long.Parse(text!, CultureInfo.InvariantCulture);
}
