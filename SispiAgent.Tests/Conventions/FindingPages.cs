using System.Reflection;
using SispiAgent.Findings;

namespace SispiAgent.Tests.Conventions;

/// <summary>Each finding code has its page, and each page its code; the mail points there.</summary>
internal static class FindingPages
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
    ];

    private static bool HasShape(string code, string text)
    {
        string[] headings = [.. text.Split('\n').Select(line => line.TrimEnd()).Where(line => line.StartsWith('#'))];
        return headings.SequenceEqual([$"# {code}", .. Headings]);
    }
}
