using System.Globalization;
using SispiAgent.Findings;

namespace SispiAgent.Conformance;

/// <summary>A server's newest change in a line, for the status and the digest of another host. Pure.</summary>
internal static class ConfigurationWords
{
    /// <summary>The topic under which the status board has it.</summary>
    public const string Topic = "configuration";

    private const int Most = 4;

    /// <summary>The line.</summary>
    public static string Line(ConfigurationChange? change, TimeZoneInfo zone) => change is null
        ? "no change was seen yet"
        : $"last changed before {Durations.SiteTime(change.At, zone)}: {string.Join("; ", change.Diff.Take(Most))}{(change.Diff.Count > Most ? string.Create(CultureInfo.InvariantCulture, $"; and {change.Diff.Count - Most} lines more") : "")}";
}
