using Npgsql;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.History;
using SispiAgent.Postgres;

namespace SispiAgent.Conformance;

/// <summary>Compares this host's server with the guide, settings and access; on the primary the mirrors' settings too, which have no agent.</summary>
internal sealed class SettingsProbe(CurrentSite site, SettingsReader reader, ServerReader servers, LiveOptions<ConformanceOptions> options, DriftBook drift, StatusBoard board, TimeProvider time) : IProbe
{
    /// <inheritdoc/>
    public string Name => "conformance.settings";

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Conformance];

    /// <inheritdoc/>
    public IReadOnlyCollection<Unseen> Unseen { get; private set; } = [];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        Unseen = [];
        var current = site.Value;
        if (current.Self.Kind is not NodeKind.Database)
            return [];

        var settings = await ReadOwnAsync(cancellationToken);
        RecordDrift(current, current.Self, settings);
        var addresses = await WantedAccess.ResolveAsync(current, cancellationToken);
        var around = await Surroundings.OfThisHostAsync(settings.Access?.Rules ?? [], [], cancellationToken);
        List<Finding> findings =
        [
            .. SettingJudge.Judge(current.Self.Name, settings, options.Current.For(current.Self.Name)),
            .. AccessJudge.Judge(current.Self.Name, settings, WantedAccess.For(options.Current.Access, current, addresses), around),
        ];
        Record(current.Self.Name, settings, findings.Count);
        if ((await servers.ReadAsync(current.Self, cancellationToken)).Role is ServerRole.Primary)
        {
            foreach (var mirror in current.Nodes.Where(node => node.Kind is NodeKind.Mirror))
                findings.AddRange(await LookAtMirrorAsync(mirror, cancellationToken));
        }

        return findings;
    }

    private async Task<ServerSettings> ReadOwnAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadOwnAsync(cancellationToken);
        }
        catch (NpgsqlException e)
        {
            throw new LookSuspendedException($"{site.Value.Self.Name} does not answer, which the liveness probe tells: {e.Message}");
        }
    }

    private async Task<IEnumerable<Finding>> LookAtMirrorAsync(Node mirror, CancellationToken cancellationToken)
    {
        try
        {
            var settings = await reader.ReadOverSqlAsync(mirror, cancellationToken);
            RecordDrift(site.Value, mirror, settings);
            Finding[] findings = [.. SettingJudge.Judge(mirror.Name, settings, options.Current.For(mirror.Name))];
            Record(mirror.Name, settings, findings.Length);
            return findings;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException)
        {
            // whether it lives is not this probe's: what was wrong there before is not mended by it
            Unseen = [.. Unseen, new(mirror.Name)];
            board.Record(new(mirror.Name, "settings", $"could not be read: {e.Message}", true, time.GetUtcNow()));
            return [];
        }
    }

    private void RecordDrift(Site current, Node node, ServerSettings settings)
    {
        drift.Record(node.Name, SettingsText.Seen(settings), time.GetUtcNow());
        board.Record(new(node.Name, ConfigurationWords.Topic, ConfigurationWords.Line(drift.Latest(node.Name), current.TimeZone), true, time.GetUtcNow()));
    }

    private void Record(string node, ServerSettings settings, int findings) => board.Record(
        new(node, "settings", findings == 0 ? $"as the guide says ({settings.Source})" : $"{findings} not as the guide says ({settings.Source})", findings == 0, time.GetUtcNow()));
}
