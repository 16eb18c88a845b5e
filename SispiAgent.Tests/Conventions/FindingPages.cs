using System.Reflection;
using System.Text.RegularExpressions;
using SispiAgent.Findings;

namespace SispiAgent.Tests.Conventions;

/// <summary>Each finding code has its page, and each page its code; the mail points there.</summary>
internal static partial class FindingPages
{
    private static readonly string[] Headings = ["## What it means", "## What is checked", "## What to do"];

    /// <summary>Every code that the types declare.</summary>
    public static IReadOnlyList<string> Codes(IEnumerable<Type> types) =>
    [
        .. types.Where(type => !type.ContainsGenericParameters)
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(field => field.FieldType == typeof(FindingCode) && field.IsInitOnly)
            .Select(field => ((FindingCode)field.GetValue(null)!).Value),
    ];

    /// <summary>What is wrong between codes and pages (name without ending, and text).</summary>
    public static IReadOnlyList<string> Violations(IReadOnlyList<string> codes, IReadOnlyDictionary<string, string> pages) =>
    [
        .. codes.GroupBy(code => code).Where(group => group.Count() > 1).Select(group => $"{group.Key} is declared twice"),
        .. codes.Distinct().Where(code => !pages.ContainsKey(code)).Select(code => $"docs/findings/{code}.md is missing"),
        .. pages.Keys.Where(page => !codes.Contains(page)).Select(page => $"docs/findings/{page}.md has no finding"),
        .. pages.Where(page => !HasShape(page.Key, page.Value)).Select(page => $"docs/findings/{page.Key}.md has not the headings # {page.Key}, {string.Join(", ", Headings)}"),
        .. pages.Where(page => IsOfTheDatabase(page.Key) && !Version().IsMatch(Checked(page.Value))).Select(page => $"docs/findings/{page.Key}.md does not say from which version of PostgreSQL on it is checked"),
        .. pages.Where(page => IsOfTheDatabase(page.Key) && !Right().IsMatch(Checked(page.Value))).Select(page => $"docs/findings/{page.Key}.md does not say which right the look needs"),
    ];

    private static bool IsOfTheDatabase(string code) => code.Split('.')[0] is "conformance" or "readiness" or "replication" or "room";

    private static string Checked(string text) => text.Split(Headings[1])[^1].Split(Headings[2])[0].ReplaceLineEndings(" ");

    [GeneratedRegex(@"Lowest version: \d|[Ww]orks? from \s*\d|Versions \d|(?<!\d)\d+(\.\d)? and later|up to (version )?\d+|\(\d+ to \d+\)")]
    private static partial Regex Version();

    [GeneratedRegex(@"[Pp]rivilege|[Aa]ny role|[Nn]o right in the\s+database|pg_monitor")]
    private static partial Regex Right();

    private static bool HasShape(string code, string text)
    {
        string[] headings = [.. text.Split('\n').Select(line => line.TrimEnd()).Where(line => line.StartsWith('#'))];
        return headings.SequenceEqual([$"# {code}", .. Headings]);
    }
}
