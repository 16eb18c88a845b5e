using System.Text.Json.Serialization;
using SispiAgent.Postgres;

namespace SispiAgent.Conformance;

/// <summary>What one server's configuration is.</summary>
/// <param name="Version">Its version as <c>server_version_num</c> has it; read from files, without the minor.</param>
/// <param name="Values">The settings by name; read from files: those that the files set, and known defaults.</param>
/// <param name="Access">Its <c>pg_hba.conf</c>; <see langword="null"/> if the file can't be read from here.</param>
/// <param name="Source">Where that was read: the running server, or its files.</param>
internal sealed record ServerSettings(int Version, IReadOnlyDictionary<string, SettingValue> Values, AccessFile? Access, string Source)
{
    /// <summary>Whether the running server said it.</summary>
    public bool IsRunning { get; init; }

    /// <summary>The data directory, on its host.</summary>
    public string DataDirectory { get; init; } = "";

    /// <summary>Whether its files were seen, there or over SQL; else <see cref="SettingValue.File"/> is what <c>pg_settings</c> shows, if it shows it.</summary>
    public bool AreFilesSeen { get; init; }

    /// <summary>What the files set and <c>pg_settings</c> does not show: of an extension that is not loaded, or not for the agent's role. Not sent.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string> OnlyInFiles { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether it is a standby that answers SQL: settings of roles and databases come from its primary.</summary>
    public bool IsStandby { get; init; }

    /// <summary>The database in which it was asked.</summary>
    public string Database { get; init; } = "";

    /// <summary>The role that asked.</summary>
    public string User { get; init; } = "";

    /// <summary>Whether <c>pg_hba.conf</c> was changed after the server last read it; <see langword="null"/>: not known.</summary>
    public bool? IsAccessUnread { get; init; }

    /// <summary>The setting, as the server has it.</summary>
    public string? this[string name] => Values.TryGetValue(name, out var value) ? value.Value : null;

    /// <summary>Where a setting is set, in words.</summary>
    public string PlaceOf(SettingValue value) => value.File is not null ? $"{value.File}, line {value.Line}" : AreFilesSeen ? "not set in the files" : "a file that the agent's role may not see";
}

/// <summary>One setting.</summary>
/// <param name="Value">What the running server has for an ordinary session; else what the files give.</param>
/// <param name="Unit">Its unit in <c>pg_settings</c>, if it has one and the server was asked.</param>
internal sealed record SettingValue(string Value, string? Unit = null)
{
    /// <summary>What the files give; <see langword="null"/> if they don't set it.</summary>
    public string? InFiles { get; init; }

    /// <summary>The file of the line that counts.</summary>
    public string? File { get; init; }

    /// <summary>The number of that line.</summary>
    public int Line { get; init; }

    /// <summary>What <c>postgresql.conf</c> gives below what <c>ALTER SYSTEM</c> wrote.</summary>
    public string? BelowChanged { get; init; }

    /// <summary>PostgreSQL's word for where the running value is from: <c>configuration file</c>, <c>command line</c>, <c>database</c>, …</summary>
    public string? Origin { get; init; }

    /// <summary>Whether a change takes a restart.</summary>
    public bool TakesRestart { get; init; }

    /// <summary>Whether the files have another value, which waits for a restart.</summary>
    public bool IsPending { get; init; }
}
