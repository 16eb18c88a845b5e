using SispiAgent.Findings;
using SispiAgent.Postgres;

namespace SispiAgent.Conformance;

/// <summary>Judges settings against the guide. Pure.</summary>
internal static class SettingJudge
{
    /// <summary>A setting is not what the guide says.</summary>
    public static readonly FindingCode Setting = new("conformance.setting");

    /// <summary>A setting of the files waits for a restart.</summary>
    public static readonly FindingCode Pending = new("conformance.pending-restart");

    /// <summary>The guide's settings beside what the server has, whether equal or not; what its version does not have is left out.</summary>
    public static IEnumerable<ComparedSetting> Compare(ServerSettings settings, IReadOnlyDictionary<string, string> wanted)
    {
        foreach (var (guideName, guideValue) in wanted)
        {
            var (name, value) = SettingRule.ForVersion(guideName, guideValue, settings.Version);
            var has = settings.Values.TryGetValue(name, out var found);
            if (!has && settings.IsRunning)
            {
                yield return new(guideName, name, value, null, null, true); // this version has no such setting
                continue;
            }

            // what a role or a database has is the primary's, and told there
            var isPrimarys = settings.IsStandby && SettingRemedy.IsReplicated(found);
            if (isPrimarys && found!.InFiles is null)
            {
                yield return new(guideName, name, value, found.Value, found, true);
                continue;
            }

            var actual = isPrimarys ? found!.InFiles : has ? found!.Value : SettingDefaults.Of(name, settings.Version);
            yield return new(guideName, name, value, actual, found, actual is not null && SettingRule.IsEqual(name, found?.Unit, actual, value));
        }
    }

    /// <summary>What is not as the guide says, and what waits for a restart.</summary>
    public static IEnumerable<Finding> Judge(string node, ServerSettings settings, IReadOnlyDictionary<string, string> wanted)
    {
        ComparedSetting[] compared = [.. Compare(settings, wanted)];
        foreach (var one in compared.Where(one => !one.IsEqual))
        {
            yield return new Finding(Setting, $"{node}/{one.Name}", Severity.Warning, $"{one.Name} is not as the guide says")
            {
                Evidence = [$"was: {one.Words}", $"should be: {one.WantedWords}", $"read from {settings.Source}", .. one.Found is { } found ? [$"set in: {Origin(found, settings)}"] : Array.Empty<string>()],
                Effect = "The server does not behave as the site's guide and its runbooks expect.",
                Remedy = [.. SettingRemedy.For(node, one, settings), $"If the guide is what has changed, change Conformance:Settings:{one.GuideName}."],
            };
        }

        foreach (var (name, value) in settings.Values.Where(entry => entry.Value.IsPending && !compared.Any(one => !one.IsEqual && one.Name.Equals(entry.Key, StringComparison.OrdinalIgnoreCase))).OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            yield return new Finding(Pending, $"{node}/{name}", Severity.Warning, $"{name} in the files waits for a restart")
            {
                Evidence = [$"the server runs with: {SettingsText.Shown(name, value.Value)}", $"the files say: {(value.InFiles is { } inFiles ? SettingsText.Shown(name, inFiles) : settings.AreFilesSeen ? "nothing any more" : "something else, which the agent's role may not see")}{(value.InFiles is null ? "" : $" ({settings.PlaceOf(value)})")}"],
                Effect = "The next restart, perhaps an unwanted one, brings the other value.",
                Remedy = [.. Settle(node, name, value, settings, compared.FirstOrDefault(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))],
            };
        }
    }

    /// <summary>What the guide names has the guide's value now: that goes back into the files, for a restart would take it away. Of others nobody knows which value is meant.</summary>
    private static IEnumerable<string> Settle(string node, string name, SettingValue value, ServerSettings settings, ComparedSetting? guides)
    {
        string[] parity = Parity.Binds(name, settings.Version) ? [SettingRemedy.ParityOrder] : [];
        return guides is not null
            ? [
                $"The server has what the guide says ({guides.WantedWords}); the files should say it too.", .. SettingRemedy.Put(node, name, guides.Wanted, settings), $"Then: {SettingRemedy.Reload(settings)}",
                $"If the guide is what has changed, change Conformance:Settings:{guides.GuideName}, and restart the server at a quiet time.", .. parity,
            ]
            : [$"If the files are right, restart the server at a quiet time: {SettingRemedy.Restart(settings)}", .. parity, $"If not, put back what it runs with ({Running(name, value)}) and reload it."];
    }

    /// <summary>A secret is not mailed: the server itself says it.</summary>
    private static string Running(string name, SettingValue value) => SettingsText.IsSecret(name) ? $"as superuser: SHOW {name};" : $"{value.Value}{(value.Unit is { } unit ? $", in {unit}" : "")}";

    private static string Origin(SettingValue value, ServerSettings settings) => value.Origin switch
    {
        "default" or null when value.File is null => "nowhere: it is the default",
        "configuration file" or "default" or null => settings.PlaceOf(value),
        _ => $"{SettingRemedy.Origin(value, settings)}{(value.File is null ? "" : $", which goes before {settings.PlaceOf(value)}")}",
    };
}

/// <summary>One of the guide's settings, and what a server has.</summary>
/// <param name="GuideName">The guide's name.</param>
/// <param name="Name">This version's name.</param>
/// <param name="Wanted">The value that it should have, as this version writes it.</param>
/// <param name="Actual">The value that it has; <see langword="null"/>: this version has no such setting, or its default is not known.</param>
/// <param name="Found">What was found of it.</param>
/// <param name="IsEqual">Whether that is right.</param>
internal sealed record ComparedSetting(string GuideName, string Name, string Wanted, string? Actual, SettingValue? Found, bool IsEqual)
{
    /// <summary>The value with its unit.</summary>
    public string Words => ActualShown is not { } actual ? "not set" : Found is null ? $"not set (so {actual})" : $"{actual}{(Found.Unit is { } unit ? $" (in {unit})" : "")}";

    /// <summary>The value that it should have, as it may be shown.</summary>
    public string WantedWords => SettingsText.Shown(Name, Wanted);

    /// <summary>The value that it has, as it may be shown.</summary>
    public string? ActualShown => Actual is null ? null : SettingsText.Shown(Name, Actual);
}
