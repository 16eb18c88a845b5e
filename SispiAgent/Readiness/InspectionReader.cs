using Npgsql;
using SispiAgent.BackupSets;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Conformance;
using SispiAgent.Platform;
using SispiAgent.Postgres;

namespace SispiAgent.Readiness;

/// <summary>Looks at this host for readiness.</summary>
internal sealed class InspectionReader(
    CurrentSite site, SettingsReader settings, ServerReader servers, ServerConnector connector, ClientBook clients, LiveOptions<ReadinessOptions> options, LiveOptions<PostgresOptions> postgres, TimeProvider time)
{
    /// <summary>Looks.</summary>
    /// <exception cref="AgentException">This is no database host.</exception>
    /// <exception cref="NpgsqlException">Its server is down, or refuses.</exception>
    public async Task<Inspection> ReadAsync(CancellationToken cancellationToken)
    {
        var self = site.Value.Self;
        if (self.Kind is not NodeKind.Database)
            throw new AgentException($"{self.Name} is no database host.", "Ask one that is.");
        var status = await servers.ReadAsync(self, cancellationToken);
        var configuration = await settings.ReadOwnAsync(cancellationToken);
        var (recovery, upstream) = RecoveryReader.Read(self.DataDirectory, configuration);
        var (members, senders) = configuration.IsRunning ? await ReadRolesAsync(self, configuration.Version, cancellationToken) : ([], []);
        return new(
            Inspection.CurrentSchema, AgentVersion.Text, self.Name, time.GetUtcNow(),
            status.Role switch { ServerRole.Primary => "primary", ServerRole.Standby => "standby", _ => null }, status.Position?.ToString(),
            status.Role is ServerRole.Standby ? status.Local?.Receiver is { Process.IsFrozen: false } : null,
            SettingsText.WithoutSecrets(configuration), recovery,
            PasswordReader.Read(site.Value, recovery, upstream, postgres.Current.PassFile, options.Current.ReplicationUser),
            Room(self), Surroundings.Networks(), clients.ReadAll(), members, senders.Count)
        {
            Senders = senders,
            FrozenReceiver = status.Local?.Receiver is { Process: { IsFrozen: true } receiver } ? receiver.Id : null,
        };
    }

    private static BackupRoom Room(Node self)
    {
        var isThere = AccessRight.CanWriteInto(self.BackupDirectory);
        return new(self.BackupDirectory, isThere, isThere ? new DriveInfo(self.BackupDirectory).AvailableFreeSpace : 0, isThere ? SetCatalog.Newest(self.BackupDirectory)?.Manifest.Bytes ?? 0 : 0);
    }

    private async Task<(IReadOnlyList<RoleMember> Members, IReadOnlyList<string> Senders)> ReadRolesAsync(Node self, int version, CancellationToken cancellationToken)
    {
        await using var connection = await connector.OpenAsync(self, cancellationToken);
        List<RoleMember> members = [];
        await using (var command = new NpgsqlCommand("SELECT m.rolname, r.rolname FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member JOIN pg_roles r ON r.oid = a.roleid", connection))
        await using (var rows = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await rows.ReadAsync(cancellationToken))
                members.Add(new(rows.GetString(0), rows.GetString(1)));
        }

        if (version < 90100)
            return (members, []); // no view of senders
        List<string> senders = [];
        await using var listing = new NpgsqlCommand(
            $"SELECT 'process ' || {(version >= 90200 ? "pid" : "procpid")} || ', ' || coalesce(usename::text, '') || ' from ' || coalesce(host(client_addr), 'local') || ', program ' || coalesce(application_name, '') || coalesce(', ' || state, '') FROM pg_stat_replication ORDER BY backend_start",
            connection);
        await using var found = await listing.ExecuteReaderAsync(cancellationToken);
        while (await found.ReadAsync(cancellationToken))
            senders.Add(found.GetString(0));
        return (members, senders);
    }
}
