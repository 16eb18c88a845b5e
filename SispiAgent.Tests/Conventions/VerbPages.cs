using System.CommandLine;

namespace SispiAgent.Tests.Conventions;

/// <summary>Each verb that does something has a heading <c>### sispi-agent VERB</c> in the README.</summary>
internal static class VerbPages
{
    public static IReadOnlyList<string> Violations(Command root, string readme)
    {
        HashSet<string> headings = [.. readme.Split('\n').Where(line => line.StartsWith("### sispi-agent ", StringComparison.Ordinal)).Select(line => line[4..].TrimEnd())];
        return [.. Verbs(root, "sispi-agent").Where(verb => !headings.Contains(verb)).Select(verb => $"README.md has no heading \"### {verb}\"")];
    }

    private static IEnumerable<string> Verbs(Command parent, string path) => parent.Subcommands.Where(verb => !verb.Hidden).SelectMany(verb =>
    {
        var full = $"{path} {verb.Name}";
        return verb.Action is null ? Verbs(verb, full) : Verbs(verb, full).Prepend(full);
    });
}
