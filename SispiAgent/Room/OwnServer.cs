using System.Globalization;
using Npgsql;
using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.Postgres;

namespace SispiAgent.Room;

/// <summary>The way to this host's own server over SQL.</summary>
internal sealed class OwnServer(CurrentSite site, ServerConnector connector, LocalEvidenceReader evidence)
{
    /// <summary>Connects; the caller disposes it.</summary>
    /// <returns><see langword="null"/> if there is nothing to ask: no server here, or a standby without hot standby.</returns>
    /// <exception cref="LookSuspendedException">It answers no SQL, which the liveness probe tells.</exception>
    public async Task<OwnConnection?> OpenAsync(CancellationToken cancellationToken)
    {
        var self = site.Value.Self;
        if (self.Kind is not NodeKind.Database)
            return null;
        try
        {
            return await ConnectAsync(null, cancellationToken);
        }
        catch (NpgsqlException e)
        {
            if (ReachJudge.Judge(e) is Reach.NotAccepting && (await evidence.ReadAsync(self, cancellationToken)).IsWorkingStandby)
                return null;
            throw new LookSuspendedException($"{self.Name} answers no SQL, which the liveness probe tells: {e.Message}");
        }
    }

    /// <summary>Connects to one database of a server that answers; the caller disposes it.</summary>
    /// <exception cref="NpgsqlException">The database lets nobody in, or the server has gone down since.</exception>
    public Task<OwnConnection> OpenDatabaseAsync(string database, CancellationToken cancellationToken) => ConnectAsync(database, cancellationToken);

    private async Task<OwnConnection> ConnectAsync(string? database, CancellationToken cancellationToken)
    {
        var connection = await connector.OpenAsync(site.Value.Self, cancellationToken, database);
        try
        {
            var version = int.Parse((await SqlRows.ReadAsync(connection, "SHOW server_version_num", row => row.GetString(0), cancellationToken))[0], CultureInfo.InvariantCulture);
            var isStandby = (await SqlRows.ReadAsync(connection, "SELECT pg_is_in_recovery()", row => row.GetBoolean(0), cancellationToken))[0];
            return new(connection, version, isStandby ? ServerRole.Standby : ServerRole.Primary);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
