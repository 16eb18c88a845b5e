using SispiAgent.Postgres;

namespace SispiAgent.Conformance;

/// <summary>The configuration files of a server, with and without what <c>ALTER SYSTEM</c> has written.</summary>
/// <param name="All">All of them.</param>
/// <param name="Below">Without <c>postgresql.auto.conf</c>.</param>
internal sealed record SettingFiles(IReadOnlyDictionary<string, SettingEntry> All, IReadOnlyDictionary<string, SettingEntry> Below)
{
    /// <summary>None can be read.</summary>
    public static SettingFiles None { get; } = new(new Dictionary<string, SettingEntry>(), new Dictionary<string, SettingEntry>());

    /// <summary>Reads them.</summary>
    public static SettingFiles Read(string configurationFile, string dataDirectory) => new(SettingsFile.ReadEntries(configurationFile, dataDirectory), SettingsFile.ReadEntries(configurationFile, null));

    /// <summary>Adds to a value where the files set it.</summary>
    public SettingValue Place(string name, SettingValue value) => All.TryGetValue(name, out var entry)
        ? value with { InFiles = entry.Value, File = entry.File, Line = entry.Line, BelowChanged = Below.TryGetValue(name, out var below) ? below.Value : null }
        : value;
}
