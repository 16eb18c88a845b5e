using System.Globalization;
using SispiAgent.Conformance;
using SispiAgent.Platform;
using SispiAgent.Postgres;

namespace SispiAgent.Readiness;

/// <summary>Reads what a data directory says of recovery: <c>recovery.conf</c>, from 12 on <c>standby.signal</c> and settings.</summary>
internal static class RecoveryReader
{
    /// <summary>Reads it, with the words of the connection string.</summary>
    public static (RecoveryWords Words, IReadOnlyDictionary<string, string> Upstream) Read(string dataDirectory, ServerSettings settings)
    {
        var file = Path.Combine(dataDirectory, settings.Version >= 120000 ? "standby.signal" : "recovery.conf");
        var isStandby = File.Exists(file);
        var lines = isStandby && settings.Version < 120000 ? SettingsFile.ReadLines(file) : new Dictionary<string, SettingEntry>();
        string? Value(string old, string name) => settings.Version < 120000 ? lines.TryGetValue(old, out var entry) ? entry.Value : null : settings[name];

        var upstream = ConnectionWords.Parse(Value("primary_conninfo", "primary_conninfo") ?? "");
        var trigger = settings.Version >= 160000 || Value("trigger_file", "promote_trigger_file") is not { Length: > 0 } path ? null : Path.Combine(dataDirectory, path);
        var place = settings.Version < 120000
            ? lines.TryGetValue("primary_conninfo", out var line) ? (line.File, line.Line) : default
            : settings.Values.TryGetValue("primary_conninfo", out var setting) && setting.File is { } named ? (named, setting.Line) : default;
        return (new(
            isStandby ? file : null, upstream.GetValueOrDefault("host") ?? upstream.GetValueOrDefault("hostaddr"), upstream.GetValueOrDefault("port"), upstream.GetValueOrDefault("user"),
            trigger, trigger is not null && File.Exists(trigger), trigger is not null && AccessRight.CanWriteInto(Path.GetDirectoryName(trigger)!))
        {
            UpstreamPlace = place.Item1 is null ? null : string.Create(CultureInfo.InvariantCulture, $"line {place.Item2} of {place.Item1}"),
        }, upstream);
    }
}
