using Npgsql;
using SispiAgent.BackupSets;
using SispiAgent.Processes;

namespace SispiAgent.Backup;

/// <summary>Dumps one database, all its files from one snapshot; again with a new one when an attempt is void. Never a mix.</summary>
internal sealed class DatabaseDump(RunContext run, ListedDatabase database, DumpSlots slots, TimeProvider time)
{
    private readonly List<string> _remarks = [];

    /// <summary>Dumps it.</summary>
    /// <exception cref="BackupFailedException">It could not be dumped.</exception>
    public async Task<DumpedDatabase> RunAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var one = new DumpAttempt(run, database, slots, time);
            try
            {
                var dumped = await one.RunAsync(cancellationToken);
                return dumped with { Attempts = attempt, Remarks = [.. _remarks, .. dumped.Remarks] };
            }
            catch (AttemptVoidException e) when (attempt < run.Options.Attempts)
            {
                one.RemoveFiles();
                _remarks.Add($"{SqlName.Show(database.Name)}: attempt {attempt} was given up: {e.Message}");
                run.Progress.Report(new(SqlName.Show(database.Name), $"given up, begins again: {e.Message}", 0));
            }
            catch (AttemptVoidException e)
            {
                throw new BackupFailedException(one.Place, $"The dump of {SqlName.Show(database.Name)} was given up {attempt} times, the last time because: {e.Message}", "Run it when that session is done: sispi-agent backup run. Backup:Patience, Backup:LockTimeout and Backup:Attempts say how long it waits.", e);
            }
            catch (Exception e) when (e is NpgsqlException or ToolFailedException or AgentException or IOException)
            {
                throw new BackupFailedException(one.Place, $"The dump of {one.Place} failed: {e.Message}", e is AgentException { Hint: var hint } ? hint : "See the server's log and the free space, then: sispi-agent backup run", e);
            }
        }
    }
}
