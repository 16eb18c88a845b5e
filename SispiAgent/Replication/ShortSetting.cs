using System.Globalization;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>A setting of a standby that is smaller than its primary's: with it, replay can't go on (manual, "Administrator's Overview" of hot standby).</summary>
/// <param name="Name">The setting.</param>
/// <param name="Has">The standby's value.</param>
/// <param name="Needs">The primary's.</param>
internal sealed record ShortSetting(string Name, long Has, long Needs)
{
    /// <summary>The file and line that set it; <see langword="null"/>: none, or the agent's role may not see it.</summary>
    public SettingEntry? Line { get; init; }

    /// <summary>The standby's <c>postgresql.conf</c>; <see langword="null"/>: the agent's role may not see it.</summary>
    public string? MainFile { get; init; }

    /// <summary>The step that raises it. <c>ALTER SYSTEM</c> can be said on a standby too.</summary>
    public string Raise(string node)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{Name} = '{Needs}'");
        return Line switch
        {
            { } set when Path.GetFileName(set.File) == SettingsFile.ChangedBySql => string.Create(CultureInfo.InvariantCulture, $"ALTER SYSTEM wrote it. As superuser on {node}: ALTER SYSTEM SET {Name} = {Needs};"),
            { } set => string.Create(CultureInfo.InvariantCulture, $"On {node}, in {set.File}, in place of line {set.Line}: {line}"),
            null => $"On {node}, at the end of {MainFile ?? "its postgresql.conf"}: {line}",
        };
    }
}
