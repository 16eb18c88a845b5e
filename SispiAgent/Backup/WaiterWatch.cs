using System.Globalization;
using Npgsql;

namespace SispiAgent.Backup;

/// <summary>Sees sessions that wait behind an attempt's locks, and returns when one has waited too long.</summary>
internal static class WaiterWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Watches until somebody has waited longer than the patience.</summary>
    /// <returns>Who waits.</returns>
    public static async Task<string> UntilImpatientAsync(NpgsqlConnectionStringBuilder settings, int version, string session, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(settings.ToString());
        await connection.OpenAsync(cancellationToken);
        Dictionary<int, long> since = [];
        while (true)
        {
            var waiters = await ReadAsync(connection, version, session, cancellationToken);
            foreach (var gone in since.Keys.Except(waiters.Keys).ToArray())
                since.Remove(gone);
            foreach (var (id, who) in waiters)
            {
                since.TryAdd(id, time.GetTimestamp());
                if (time.GetElapsedTime(since[id]) >= patience)
                    return string.Create(CultureInfo.InvariantCulture, $"{who} (process {id})");
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    private static async Task<Dictionary<int, string>> ReadAsync(NpgsqlConnection connection, int version, string session, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ActivityDialect.Waiters(version), connection) { Parameters = { new() { Value = session } } };
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        Dictionary<int, string> found = [];
        while (await rows.ReadAsync(cancellationToken))
            found[rows.GetInt32(0)] = rows.GetString(1);
        return found;
    }
}
