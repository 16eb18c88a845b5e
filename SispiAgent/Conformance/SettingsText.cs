namespace SispiAgent.Conformance;

/// <summary>A configuration as lines that can be compared: what is set, and the access rules. Pure.</summary>
internal static class SettingsText
{
    /// <summary>How a line of the access rules begins.</summary>
    public const string AccessPrefix = "pg_hba.conf: ";

    private const string FromFiles = "configuration file";

    private const string NotShown = "(not shown)";

    /// <summary>Settings that may hold a password, or a command that does.</summary>
    private static readonly string[] Secrets =
        ["primary_conninfo", "archive_command", "restore_command", "archive_cleanup_command", "recovery_end_command", "ssl_passphrase_command", "restore_library", "archive_library"];

    /// <summary>Settings that say where the server is, or change by themselves.</summary>
    private static readonly string[] Passing = ["transaction_isolation", "transaction_read_only", "transaction_deferrable", "in_hot_standby", "data_directory_mode", "server_version", "server_version_num", "application_name", "client_encoding", "extra_float_digits", "config_file", "data_directory", "hba_file", "ident_file", "external_pid_file"];

    /// <summary>The lines.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="other">Another server's: what has the same value there is written as there, however it was read.</param>
    public static IReadOnlyList<string> Lines(ServerSettings settings, ServerSettings? other = null) =>
    [
        .. settings.Values.Where(entry => IsSet(entry.Key, entry.Value)).OrderBy(entry => entry.Key, StringComparer.OrdinalIgnoreCase).Select(entry => Same(entry.Key, entry.Value, other) ?? Line(entry.Key, entry.Value)),
        .. AccessLines(settings),
    ];

    /// <summary>A look, to be compared with the next one, which may see the files where this one sees the running server.</summary>
    public static SeenConfiguration Seen(ServerSettings settings) => new(settings.IsRunning ? "server" : "files", Lines(settings), OfFiles(settings));

    /// <summary>What the files set. Where the running server took a value from them, that one counts; what another source gives it is no look's at files.</summary>
    private static IReadOnlyList<string> OfFiles(ServerSettings settings)
    {
        if (settings.IsRunning && (settings["config_file"] is null || !settings.AreFilesSeen))
            return []; // a role that may not see it does not see every setting either
        return
        [
            .. settings.Values.Where(entry => !IsPassing(entry.Key) && (entry.Value.InFiles is not null || entry.Value.Origin == FromFiles))
                .Select(entry => (Name: entry.Key, Line: Line(entry.Key, entry.Value.Origin is null or FromFiles ? entry.Value : new(entry.Value.InFiles!))))
                .Concat(settings.OnlyInFiles.Where(entry => !IsPassing(entry.Key)).Select(entry => (Name: entry.Key, Line: Line(entry.Key, new(entry.Value)))))
                .OrderBy(one => one.Name, StringComparer.OrdinalIgnoreCase).Select(one => one.Line),
            .. AccessLines(settings),
        ];
    }

    private static IEnumerable<string> AccessLines(ServerSettings settings) => settings.Access?.Rules.Select(rule => $"{AccessPrefix}{rule.WithoutSecrets().Text}") ?? [];

    /// <summary>The configuration without secrets, to be sent.</summary>
    public static ServerSettings WithoutSecrets(ServerSettings settings) => settings with
    {
        Values = settings.Values.Where(entry => IsSet(entry.Key, entry.Value) || Parity.Binds(entry.Key, settings.Version) || Asked.Contains(entry.Key)).ToDictionary(
            entry => entry.Key,
            entry => IsSecret(entry.Key) ? entry.Value with { Value = NotShown, InFiles = entry.Value.InFiles is null ? null : NotShown, BelowChanged = null } : entry.Value,
            StringComparer.OrdinalIgnoreCase),
        Access = settings.Access is { } file ? file with { Rules = [.. file.Rules.Select(rule => rule.WithoutSecrets())], Problems = [.. file.Problems.Select(problem => problem with { Text = "" })] } : null,
    };

    /// <summary>What readiness asks for, whether set or not.</summary>
    private static readonly string[] Asked = ["hot_standby", "ssl", "wal_level", "max_wal_senders", "hba_file", "config_file", "data_directory"];

    private static string Line(string name, SettingValue value) => $"{name} = {Shown(name, value.Value)}{(value.Unit is { } unit ? $" {unit}" : "")}";

    /// <summary>The other server's line, if it says the same.</summary>
    private static string? Same(string name, SettingValue value, ServerSettings? other)
    {
        var (known, there) = other?.Values.FirstOrDefault(entry => entry.Key.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? default;
        return there is not null && IsSet(known, there) && (value.Unit is null || there.Unit is null || value.Unit == there.Unit) && SettingRule.IsEqual(name, value.Unit ?? there.Unit, value.Value, there.Value) ? Line(known, there) : null;
    }

    private static bool IsPassing(string name) => Passing.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static bool IsSet(string name, SettingValue value) =>
        !IsPassing(name) && (value.Origin is null ? value.InFiles is not null : value.Origin is not ("default" or "override" or "client"));

    /// <summary>Whether a setting may hold a secret.</summary>
    public static bool IsSecret(string name) => Secrets.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>A value as it may be shown and mailed.</summary>
    public static string Shown(string name, string value) => IsSecret(name) ? NotShown : value;
}
