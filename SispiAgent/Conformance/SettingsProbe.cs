using System.Globalization;
using System.Net;
using Npgsql;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.History;
using SispiAgent.Postgres;

namespace SispiAgent.Conformance;

/// <summary>Compares this host's server with the guide: over SQL where it answers, else from its files.</summary>
internal sealed class SettingsProbe(CurrentSite site, ServerConnector connector, LiveOptions<ConformanceOptions> options, StatusBoard board, TimeProvider time) : IProbe
{
    /// <summary>A setting is not what the guide says.</summary>
    public static readonly FindingCode Setting = new("conformance.setting");

    /// <summary>No rule of <c>pg_hba.conf</c> lets the site's machines in.</summary>
    public static readonly FindingCode ClientAccess = new("conformance.client-access");

    /// <inheritdoc/>
    public string Name => "conformance.settings";

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Conformance];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var self = site.Value.Self;
        if (self.Kind is not NodeKind.Database)
            return [];

        var settings = await ReadAsync(self, cancellationToken);
        Finding[] findings = [.. Judge(self.Name, settings, options.Current)];
        board.Record(new(self.Name, "settings", findings.Length == 0 ? $"as the guide says ({settings.Source})" : $"{findings.Length} not as the guide says ({settings.Source})", findings.Length == 0, time.GetUtcNow()));
        return findings;
    }

    /// <summary>What is not as the guide says.</summary>
    internal static IEnumerable<Finding> Judge(string node, ServerSettings settings, ConformanceOptions wanted)
    {
        foreach (var (guideName, guideValue) in wanted.Settings)
        {
            var (name, value) = SettingRule.ForVersion(guideName, guideValue, settings.Version);
            var has = settings.Values.TryGetValue(name, out var found);
            if (has && SettingRule.IsEqual(name, found.Unit, found.Value, value))
                continue;
            var was = has ? $"{found.Value}{(found.Unit is { } unit ? $" (in {unit})" : "")}" : "not set";
            yield return new Finding(Setting, $"{node}/{name}", Severity.Warning, $"{name} is not as the guide says")
            {
                Evidence = [$"was: {was}", $"should be: {value}", $"read from {settings.Source}"],
                Effect = "The server does not behave as the site's guide and its runbooks expect.",
                Remedy =
                [
                    $"Set {name} = '{value}' in postgresql.conf on {node}, then: SELECT pg_reload_conf();",
                    $"If \"SELECT pending_restart FROM pg_settings WHERE name = '{name}'\" then says t, restart the server at a quiet time.",
                    $"If the guide is what has changed, change Conformance:Settings:{guideName}.",
                ],
            };
        }

        if (wanted.ClientSubnet.Length > 0 && settings.Access is { } access && !LetsIn(access, IPNetwork.Parse(wanted.ClientSubnet)))
        {
            yield return new Finding(ClientAccess, node, Severity.Warning, $"pg_hba.conf does not let in {wanted.ClientSubnet}")
            {
                Evidence = [.. access.Where(rule => rule.Type != "local").Select(rule => $"line {rule.Line}: {rule.Type} {string.Join(',', rule.Databases)} {string.Join(',', rule.Users)} {rule.Address} {rule.Method}")],
                Effect = "The site's machines can't connect to this server; after a failover to it the observatory would stand still.",
                Remedy = [$"Add to pg_hba.conf on {node}: host all all {wanted.ClientSubnet} md5", "Then: SELECT pg_reload_conf();"],
            };
        }
    }

    /// <summary>Whether a rule for every database and user covers the network, and lets in rather than rejects. The first that covers it decides.</summary>
    private static bool LetsIn(IReadOnlyList<AccessRule> rules, IPNetwork network) => rules.FirstOrDefault(rule =>
        rule.Type is "host" or "hostnossl" or "hostssl" && rule.Databases.Contains("all") && rule.Users.Contains("all")
        && rule.Network is { } allowed && allowed.PrefixLength <= network.PrefixLength && allowed.Contains(network.BaseAddress)) is { Method: not "reject" };

    private async Task<ServerSettings> ReadAsync(Node self, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await connector.OpenAsync(self, cancellationToken);
            return await FromServerAsync(connection, cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.CannotConnectNow)
        {
            return FromFiles(self); // a standby without hot standby
        }
    }

    private static async Task<ServerSettings> FromServerAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var values = new Dictionary<string, (string, string?)>(StringComparer.OrdinalIgnoreCase);

        // what an ordinary session gets, not what the agent's own connection asks for
        await using var command = new NpgsqlCommand("SELECT name, CASE WHEN source = 'client' THEN reset_val ELSE setting END, unit FROM pg_settings", connection);
        await using (var rows = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await rows.ReadAsync(cancellationToken))
                values[rows.GetString(0)] = (rows.GetString(1), await rows.IsDBNullAsync(2, cancellationToken) ? null : rows.GetString(2));
        }

        return new(int.Parse(values["server_version_num"].Item1, CultureInfo.InvariantCulture), values, ReadAccess(values.TryGetValue("hba_file", out var file) ? file.Item1 : ""), "the running server");
    }

    private static ServerSettings FromFiles(Node self)
    {
        int[] version = [.. File.ReadAllText(Path.Combine(self.DataDirectory, "PG_VERSION")).Trim().Split('.').Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
        var values = SettingsFile.Read(Path.Combine(self.DataDirectory, "postgresql.conf"), self.DataDirectory);
        return new((version[0] * 10000) + (version.ElementAtOrDefault(1) * 100), values.ToDictionary(entry => entry.Key, entry => (entry.Value, (string?)null), StringComparer.OrdinalIgnoreCase),
            ReadAccess(values.GetValueOrDefault("hba_file", Path.Combine(self.DataDirectory, "pg_hba.conf"))), $"the files in {self.DataDirectory}");
    }

    private static IReadOnlyList<AccessRule>? ReadAccess(string file) => File.Exists(file) ? AccessRule.ReadAll(File.ReadLines(file)) : null;
}
