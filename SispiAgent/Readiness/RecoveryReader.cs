using System.Globalization;
using SispiAgent.Conformance;
using SispiAgent.Postgres;

namespace SispiAgent.Readiness;

/// <summary>What a peer is told of recovery settings: without secrets.</summary>
internal static class RecoveryReader
{
    /// <summary>Reads them, with the words of the connection string.</summary>
    public static (RecoveryWords Words, IReadOnlyDictionary<string, string> Upstream) Read(string dataDirectory, ServerSettings settings)
    {
        var values = settings.Values.ToDictionary(entry => entry.Key, entry => new SettingEntry(entry.Value.Value, entry.Value.File ?? "", entry.Value.Line), StringComparer.OrdinalIgnoreCase);
        var recovery = RecoverySettings.Read(dataDirectory, settings.Version, values);
        var upstream = recovery.Upstream ?? new Dictionary<string, string>();
        var isStandby = recovery.Marker is not null;
        var words = new RecoveryWords(
            recovery.Marker, upstream.GetValueOrDefault("host") ?? upstream.GetValueOrDefault("hostaddr"), upstream.GetValueOrDefault("port"), upstream.GetValueOrDefault("user"),
            recovery.TriggerFile, recovery.IsTriggerThere, recovery.IsTriggerFolderWritable)
        {
            UpstreamPlace = recovery.UpstreamLine is { } line ? string.Create(CultureInfo.InvariantCulture, $"line {line.Line} of {line.File}") : null,
        };
        return isStandby || settings.Version >= RecoverySettings.Signals ? (words, upstream) : (new(null, null, null, null, null, false, false), new Dictionary<string, string>());
    }
}
