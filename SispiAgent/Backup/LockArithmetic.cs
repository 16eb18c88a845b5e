using System.Globalization;

namespace SispiAgent.Backup;

/// <summary>Whether the dump's locks leave the lock table of the server enough for everybody else.</summary>
internal static class LockArithmetic
{
    /// <summary>Judges. One entry a table, whoever locks it; above half of the table other sessions may meet "out of shared memory".</summary>
    /// <param name="tables">How many tables are locked at once.</param>
    /// <param name="locksPerTransaction"><c>max_locks_per_transaction</c>.</param>
    /// <param name="connections"><c>max_connections</c> and <c>max_prepared_transactions</c> together.</param>
    /// <returns>Why it is refused; <see langword="null"/> if there is room.</returns>
    public static string? Refusal(long tables, long locksPerTransaction, long connections)
    {
        var room = locksPerTransaction * connections;
        return tables * 2 <= room
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{tables} tables would be locked at once, and the server's lock table has room for {room}: more than half of it; other sessions could run out of shared memory");
    }

    /// <summary>The <c>max_locks_per_transaction</c> that would do.</summary>
    public static long Enough(long tables, long connections) => (long)Math.Ceiling(tables * 2.0 / Math.Max(1, connections) / 64) * 64;
}
