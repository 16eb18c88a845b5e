using System.Globalization;
using SispiAgent.Postgres;

namespace SispiAgent.Conformance;

/// <summary>The steps that put a setting right; followed to the letter they do. Pure.</summary>
internal static class SettingRemedy
{
    /// <summary>In which order servers are restarted for a setting that binds the standby to the primary.</summary>
    public const string ParityOrder = "It must be equal everywhere, and no standby or mirror may have less than the primary meanwhile. To raise it: standby and mirror first, the primary last; to lower it: the primary first.";

    /// <summary>The steps.</summary>
    public static IReadOnlyList<string> For(string node, ComparedSetting setting, ServerSettings settings)
    {
        var line = $"{setting.Name} = '{setting.Wanted.Replace("'", "''", StringComparison.Ordinal)}'";
        var value = setting.Found;
        var restarts = value?.TakesRestart ?? SettingDefaults.TakesRestart(setting.Name);
        List<string> steps = [];
        if (value?.InFiles is { } inFiles && settings.IsRunning && SettingRule.IsEqual(setting.Name, value.Unit, inFiles, setting.Wanted))
        {
            if (value.Origin is not ("configuration file" or "default" or null) && !(restarts && value.IsPending))
                steps.Add(ByOrigin(setting.Name, value.Origin));
            else
                steps.Add($"The file has it right already ({value.Place}); the server has not taken it.");
        }
        else if (value?.Origin is { } origin && origin is not ("configuration file" or "default"))
        {
            steps.Add(ByOrigin(setting.Name, origin));
            steps.Add($"Then in {MainFile(settings)} on {node}: {line}");
        }
        else if (value?.File is { } file && Path.GetFileName(file) == SettingsFile.ChangedBySql)
        {
            steps.Add(settings.IsRunning
                ? $"ALTER SYSTEM wrote it. As superuser on {node}: ALTER SYSTEM RESET {setting.Name};"
                : string.Create(CultureInfo.InvariantCulture, $"ALTER SYSTEM wrote it, and no SQL is answered here: on {node}, take line {value.Line} out of {file}"));
            if (value.BelowChanged is not { } below || !SettingRule.IsEqual(setting.Name, value.Unit, below, setting.Wanted))
                steps.Add($"Then at the end of {MainFile(settings)}: {line}");
        }
        else if (value?.File is { } own)
        {
            steps.Add(string.Create(CultureInfo.InvariantCulture, $"On {node}, in {own}, in place of line {value.Line}: {line}"));
        }
        else
        {
            steps.Add($"On {node}, at the end of {MainFile(settings)}: {line}");
        }

        steps.Add(restarts ? $"Then restart the server at a quiet time: {Restart(settings)}" : $"Then: {Reload(settings)}");
        if (Parity.Binds(setting.Name, settings.Version))
            steps.Add(ParityOrder);
        return steps;
    }

    /// <summary>How the files are read again; it needs no SQL.</summary>
    public static string Reload(ServerSettings settings) => $"pg_ctl reload -D {Directory(settings)}";

    /// <summary>How it is restarted without its service.</summary>
    public static string Restart(ServerSettings settings) => $"pg_ctl restart -m fast -D {Directory(settings)}";

    private static string Directory(ServerSettings settings) => settings.DataDirectory.Length > 0 ? settings.DataDirectory : settings["data_directory"] ?? "$PGDATA";

    /// <summary>Where a setting that no file has belongs.</summary>
    public static string MainFile(ServerSettings settings) => settings["config_file"] ?? Path.Combine(Directory(settings), "postgresql.conf");

    private static string ByOrigin(string name, string origin) => origin switch
    {
        "command line" or "environment variable" => $"It was given at the start ({origin}), which no file can change: take {name} out of the start script.",
        "database" or "user" or "database user" => $"ALTER DATABASE or ALTER ROLE set it ({origin}), which goes before the files: psql -c '\\drds' shows which; RESET {name} there.",
        _ => $"It comes from \"{origin}\", which goes before the files: take it away there.",
    };
}
