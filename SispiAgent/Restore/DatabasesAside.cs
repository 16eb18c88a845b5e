using Npgsql;
using SispiAgent.BackupSets;

namespace SispiAgent.Restore;

/// <summary>Makes room for databases: what is in the way is renamed, if that was told, and kept. Nothing is ever dropped.</summary>
internal static class DatabasesAside
{
    /// <summary>The databases that have to step aside.</summary>
    /// <exception cref="AgentException">Something is in the way, and it was not told to step aside or can't.</exception>
    public static async Task<IReadOnlyList<KeptDatabase>> FindAsync(RestoreTarget target, RestoreRequest request, SetManifest manifest, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string Hint = "Restore under another name (--database NAME --as OTHER), into another server (--host, --port), or with --replace, which renames the database that is there and keeps it.";
        var found = await RestoreCheck.InTheWayAsync(target, request, manifest, cancellationToken);
        if (found.Count == 0)
            return [];
        if (!request.Replaces || request.Targets(manifest).Any(entry => RestorePlan.IsAlwaysThere(entry.Name) && found.Any(line => line.StartsWith($"database {entry.Name} ", StringComparison.Ordinal))))
            throw new AgentException($"Nothing was restored: {string.Join("; ", found)}.", Hint);
        var there = await NamesAsync(target, cancellationToken);
        return [.. request.Targets(manifest).Where(entry => there.Contains(entry.Name) && !RestorePlan.IsAlwaysThere(entry.Name)).Select(entry => KeptDatabase.Of(entry.Name, now))];
    }

    /// <summary>Renames those that are not renamed yet. The journal has each before it happens: whoever is killed then knows what is called how.</summary>
    /// <exception cref="AgentException">One is in use.</exception>
    public static async Task MoveAsync(RestoreTarget target, RestoreJournal journal, IReadOnlyList<KeptDatabase> databases, CancellationToken cancellationToken)
    {
        foreach (var database in databases.Where(database => !journal.IsDone(database.Statement)))
        {
            if (!journal.IsBegun(database.Statement))
                journal.Keeps(database);
            // a run that was killed may have renamed it, and not come to say so
            var there = await NamesAsync(target, cancellationToken);
            if (there.Contains(database.Name) && !there.Contains(database.Aside))
                await RenameAsync(target, database, cancellationToken);
            journal.Done(database.Statement);
        }
    }

    private static async Task RenameAsync(RestoreTarget target, KeptDatabase database, CancellationToken cancellationToken)
    {
        try
        {
            await target.ExecuteAsync("postgres", [database.Statement], cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ObjectInUse)
        {
            throw new AgentException($"Database {SqlName.Show(database.Name)} can't be renamed to make room: sessions are connected to it.", $"End them, then again. Who: SELECT pid, usename, application_name, client_addr FROM pg_stat_activity WHERE datname = {SqlName.Literal(database.Name)}", e);
        }
    }

    private static async Task<HashSet<string>> NamesAsync(RestoreTarget target, CancellationToken cancellationToken) =>
        [.. await target.ReadAsync("postgres", "SELECT datname::text FROM pg_catalog.pg_database", row => row.GetString(0), cancellationToken)];
}
