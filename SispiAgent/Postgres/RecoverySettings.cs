using SispiAgent.Platform;

namespace SispiAgent.Postgres;

/// <summary>
/// What a data directory says of its server's being a standby: <c>recovery.conf</c>, from 12 on <c>standby.signal</c> and settings (release
/// notes of 12). It holds for the next start; a running server may have begun with something else.
/// </summary>
/// <param name="Version">The server's version.</param>
/// <param name="DataDirectory">The data directory.</param>
internal sealed record RecoverySettings(int Version, string DataDirectory)
{
    /// <summary>From this version on there is no <c>recovery.conf</c>: a server does not start with one.</summary>
    public const int Signals = 120000;

    /// <summary>From this version on there is no trigger file (release notes of 16).</summary>
    public const int NoTriggerFile = 160000;

    /// <summary>Whether <c>recovery.conf</c> is there.</summary>
    public bool HasRecoveryFile { get; init; }

    /// <summary>Whether <c>recovery.done</c> is there, into which a promotion up to 11 renames it.</summary>
    public bool HasRecoveryDone { get; init; }

    /// <summary>Whether <c>standby.signal</c> is there.</summary>
    public bool HasStandbySignal { get; init; }

    /// <summary>Whether <c>recovery.signal</c> is there.</summary>
    public bool HasRecoverySignal { get; init; }

    /// <summary>Up to 11: whether <c>recovery.conf</c> says that it is a standby.</summary>
    public bool IsStandbyMode { get; init; }

    /// <summary>The words of <c>primary_conninfo</c>; <see langword="null"/> if the settings can't be read from here, or up to 11 there is no <c>recovery.conf</c>.</summary>
    public IReadOnlyDictionary<string, string>? Upstream { get; init; }

    /// <summary>The line that sets it, if a file does.</summary>
    public SettingEntry? UpstreamLine { get; init; }

    /// <summary>Whether it can fetch WAL otherwise than by streaming.</summary>
    public bool HasRestoreCommand { get; init; }

    /// <summary>The file whose presence promotes it; <see langword="null"/>: none.</summary>
    public string? TriggerFile { get; init; }

    /// <summary>Whether that file lies there.</summary>
    public bool IsTriggerThere { get; init; }

    /// <summary>Whether its folder is there and the agent's user, who is the server's, may write to it.</summary>
    public bool IsTriggerFolderWritable { get; init; }

    /// <summary>The file that makes it a standby at the next start; <see langword="null"/>: it starts as a primary.</summary>
    public string? Marker => Version >= Signals
        ? HasStandbySignal ? Path.Combine(DataDirectory, "standby.signal") : null
        : HasRecoveryFile ? Path.Combine(DataDirectory, "recovery.conf") : null;

    /// <summary>Where what is missing of its settings belongs, up to 11.</summary>
    public string RecoveryFile => Path.Combine(DataDirectory, "recovery.conf");

    /// <summary>Reads it.</summary>
    /// <param name="dataDirectory">The data directory.</param>
    /// <param name="version">The server's version.</param>
    /// <param name="settings">From 12 on, the server's settings, where set; <see langword="null"/> if they can't be read.</param>
    public static RecoverySettings Read(string dataDirectory, int version, IReadOnlyDictionary<string, SettingEntry>? settings)
    {
        bool Has(string name) => File.Exists(Path.Combine(dataDirectory, name));
        var file = Has("recovery.conf") ? "recovery.conf" : "recovery.done"; // a former standby's: it will be used again
        var lines = version >= Signals ? settings : Has(file) ? SettingsFile.ReadLines(Path.Combine(dataDirectory, file)) : new Dictionary<string, SettingEntry>();
        string? Value(string name) => lines is not null && lines.TryGetValue(name, out var entry) && entry.Value.Length > 0 ? entry.Value : null;

        var named = version >= NoTriggerFile ? null : Value(version >= Signals ? "promote_trigger_file" : "trigger_file");
        var trigger = named is null ? null : Path.Combine(dataDirectory, named);
        return new(version, dataDirectory)
        {
            HasRecoveryFile = Has("recovery.conf"),
            HasRecoveryDone = Has("recovery.done"),
            HasStandbySignal = Has("standby.signal"),
            HasRecoverySignal = Has("recovery.signal"),
            IsStandbyMode = version < Signals && Has("recovery.conf") && Value("standby_mode")?.ToLowerInvariant() is { } mode && (mode is "on" or "1" || "true".StartsWith(mode, StringComparison.Ordinal) || "yes".StartsWith(mode, StringComparison.Ordinal)),
            Upstream = lines is null || (version < Signals && file != "recovery.conf") ? null : ConnectionWords.Parse(Value("primary_conninfo") ?? ""),
            UpstreamLine = lines is not null && lines.TryGetValue("primary_conninfo", out var line) && line.Line > 0 ? line : null,
            HasRestoreCommand = Value("restore_command") is not null,
            TriggerFile = trigger,
            IsTriggerThere = trigger is not null && File.Exists(trigger),
            IsTriggerFolderWritable = trigger is not null && AccessRight.CanWriteInto(Path.GetDirectoryName(trigger)!),
        };
    }
}
