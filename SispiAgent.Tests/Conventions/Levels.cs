using ArchUnitNET.Domain;

namespace SispiAgent.Tests.Conventions;

/// <summary>Which folder may know which: any lower level, and on its own level only the pairs named here.</summary>
internal static class Levels
{
    private static readonly Dictionary<string, int> Of = new()
    {
        ["Configuration"] = 0, ["Findings"] = 0, ["Platform"] = 0,
        ["Processes"] = 1, ["Cluster"] = 1,
        ["Postgres"] = 2, ["Peers"] = 2, ["History"] = 2,
        ["Alerts"] = 3,
        ["Liveness"] = 4, ["Replication"] = 4, ["Conformance"] = 4, ["Room"] = 4, ["Viewers"] = 4, ["BackupSets"] = 4,
        ["Backup"] = 5, ["Restore"] = 5,
        ["Digest"] = 6, ["Readiness"] = 6, ["Runbooks"] = 6,
        ["Mail"] = 7, ["Scheduling"] = 7,
        ["Hosting"] = 8, ["Cli"] = 8, ["Demo"] = 8,
    };

    private static readonly HashSet<(string, string)> SameLevel =
    [
        ("Cli", "Hosting"), ("Cli", "Demo"), ("Demo", "Hosting"), // the verbs start what these two put together
        ("Peers", "History"), // the probe of the peers records what it saw, as every probe does
    ];

    private static readonly string[] Probes = ["Liveness", "Replication", "Conformance", "Room", "Viewers"];

    private static readonly (string Package, string[] Folders)[] Packages =
    [
        ("Quartz", ["Scheduling", "Hosting"]),
        ("MailKit", ["Mail"]),
        ("MimeKit", ["Mail", "Demo"]),
        ("Serilog", ["Hosting"]),
        ("Polly", ["Postgres", "Mail", "Peers"]),
        ("CliWrap", ["Processes"]),
        ("System.Diagnostics.Process", ["Processes"]),
        ("Spectre.Console", ["Cli", "Demo"]),
        ("System.CommandLine", ["Cli"]),
    ];

    /// <summary>What breaks the rules among types below <paramref name="root"/>, one line each.</summary>
    public static IReadOnlyList<string> Violations(Architecture architecture, string root) =>
    [
        .. (from type in architecture.Types
            let folder = Folder(type.FullName, root)
            where folder is not null
            from dependency in type.Dependencies
            let problem = Problem(folder, dependency.Target.FullName, root)
            where problem is not null
            select $"{type.FullName} → {dependency.Target.FullName}: {problem}").Distinct().Order(StringComparer.Ordinal),
    ];

    private static string? Problem(string from, string target, string root)
    {
        if (Folder(target, root) is { } to && from != to)
        {
            if (!Of.TryGetValue(from, out var fromLevel) || !Of.TryGetValue(to, out var toLevel))
                return $"a folder ({(Of.ContainsKey(from) ? to : from)}) that has no level";
            if (fromLevel < toLevel)
                return $"level {fromLevel} may not use level {toLevel}";
            if (fromLevel == toLevel && fromLevel > 0 && !SameLevel.Contains((from, to)))
                return "neighbours on one level don't know each other";
            if (Probes.Contains(from) && to == "Alerts")
                return "a probe judges and raises nothing";
        }

        foreach (var (package, folders) in Packages)
        {
            if ((target == package || target.StartsWith(package + ".", StringComparison.Ordinal)) && !folders.Contains(from))
                return $"{package} is used in {string.Join(", ", folders)} only";
        }

        return null;
    }

    private static string? Folder(string name, string root)
    {
        if (!name.StartsWith(root + ".", StringComparison.Ordinal))
            return null;
        var rest = name[(root.Length + 1)..];
        var dot = rest.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 || rest.StartsWith("Tests.", StringComparison.Ordinal) ? null : rest[..dot];
    }
}
