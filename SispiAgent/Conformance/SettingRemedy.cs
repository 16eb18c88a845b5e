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
        var value = setting.Found;
        var restarts = value?.TakesRestart ?? SettingDefaults.TakesRestart(setting.Name);
        List<string> steps = [];
        if (value?.InFiles is { } inFiles && settings.IsRunning && SettingRule.IsEqual(setting.Name, value.Unit, inFiles, setting.Wanted))
        {
            if (IsReplicated(value))
                return [ByOrigin(setting.Name, value.Origin!, settings)]; // there is nothing to load
            steps.Add(value.Origin is not ("configuration file" or "default" or null) && !(restarts && value.IsPending)
                ? ByOrigin(setting.Name, value.Origin, settings)
                : $"The file has it right already ({settings.PlaceOf(value)}); the server has not taken it.");
        }
        else if (value?.Origin is { } origin && origin is not ("configuration file" or "default"))
        {
            steps.Add(ByOrigin(setting.Name, origin, settings));
            if (IsReplicated(value) && settings.DataDirectory.Length == 0)
                return steps; // another host's, asked over SQL alone: what its files have is not known
            steps.AddRange(Put(node, setting.Name, setting.Wanted, settings));
        }
        else
        {
            steps.AddRange(Put(node, setting.Name, setting.Wanted, settings));
        }

        steps.Add(restarts ? $"Then restart the server at a quiet time: {Restart(settings)}" : $"Then: {Reload(settings)}");
        if (Parity.Binds(setting.Name, settings.Version))
            steps.Add(ParityOrder);
        return steps;
    }

    /// <summary>The steps that bring a value into a server's files, where it counts: what <c>ALTER SYSTEM</c> wrote goes before every line of <c>postgresql.conf</c>.</summary>
    public static IReadOnlyList<string> Put(string node, string name, string wanted, ServerSettings settings)
    {
        var line = SettingsText.IsSecret(name) ? $"{name} with the value of Conformance:Settings:{name}, which is in no mail" : Line(name, wanted);
        var value = settings.Values.GetValueOrDefault(name);
        if (value?.File is not { } file)
            return [$"On {node}, at the end of {MainFile(settings)}: {line}"];
        if (Path.GetFileName(file) != SettingsFile.ChangedBySql)
            return [string.Create(CultureInfo.InvariantCulture, $"On {node}, in {file}, in place of line {value.Line}: {line}")];
        return
        [
            settings.IsRunning
                ? $"ALTER SYSTEM wrote it. As superuser on {node}: ALTER SYSTEM RESET {name};"
                : string.Create(CultureInfo.InvariantCulture, $"ALTER SYSTEM wrote it, and no SQL is answered here: on {node}, take line {value.Line} out of {file} ({Line(name, SettingsText.Shown(name, value.InFiles ?? value.Value))})"),
            .. value.BelowChanged is { } below && SettingRule.IsEqual(name, value.Unit, below, wanted) ? Array.Empty<string>() : [$"Then at the end of {MainFile(settings)}: {line}"],
        ];
    }

    private static string Line(string name, string value) => $"{name} = '{value.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>How the files are read again; it needs no SQL.</summary>
    public static string Reload(ServerSettings settings) => $"pg_ctl reload -D {Directory(settings)}";

    /// <summary>How it is restarted without its service.</summary>
    public static string Restart(ServerSettings settings) => $"pg_ctl restart -m fast -D {Directory(settings)}";

    private static string Directory(ServerSettings settings) => settings.DataDirectory.Length > 0 ? settings.DataDirectory : settings["data_directory"] ?? "$PGDATA";

    /// <summary>Where a setting that no file has belongs.</summary>
    public static string MainFile(ServerSettings settings) => settings["config_file"] ?? Path.Combine(Directory(settings), "postgresql.conf");

    /// <summary>Whether a setting is a role's or a database's: those are replicated, so only the primary's can be changed.</summary>
    public static bool IsReplicated(SettingValue? value) => value?.Origin is "global" or "database" or "user" or "database user";

    /// <summary>Where it is set that no file has.</summary>
    public static string Origin(SettingValue value, ServerSettings settings) => Reset(value.Origin ?? "", settings) is { } owner ? $"{owner} SET" : value.Origin!;

    private static string ByOrigin(string name, string origin, ServerSettings settings) => origin switch
    {
        "command line" or "environment variable" => $"It was given at the start ({origin}), which no file can change: take {name} out of the start script.",
        _ when Reset(origin, settings) is { } owner => $"{owner} SET gave it, which goes before the files. As superuser on the primary: {owner} RESET {name};",
        _ => $"It comes from \"{origin}\", which goes before the files: take it away there.",
    };

    private static string? Reset(string origin, ServerSettings settings) => origin switch
    {
        "global" => "ALTER ROLE ALL",
        "database" => $"ALTER DATABASE {Quoted(settings.Database)}",
        "user" => $"ALTER ROLE {Quoted(settings.User)}",
        "database user" => $"ALTER ROLE {Quoted(settings.User)} IN DATABASE {Quoted(settings.Database)}",
        _ => null,
    };

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
