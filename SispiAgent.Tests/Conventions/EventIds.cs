using System.Reflection;
using Microsoft.Extensions.Logging;

namespace SispiAgent.Tests.Conventions;

/// <summary>Event ids are unique and lie in their folder's range; on Windows they are the event log's.</summary>
internal static class EventIds
{
    private static readonly Dictionary<string, int> First = new()
    {
        ["Hosting"] = 1000, ["Configuration"] = 1100, ["Platform"] = 1200, ["Processes"] = 1300, ["Cluster"] = 1400,
        ["Postgres"] = 2000, ["Peers"] = 2100, ["History"] = 2200, ["Alerts"] = 3000,
        ["Liveness"] = 4000, ["Replication"] = 4100, ["Conformance"] = 4200, ["Room"] = 4300, ["Viewers"] = 4400, ["BackupSets"] = 4500,
        ["Backup"] = 5000, ["Restore"] = 5100, ["Readiness"] = 6000, ["Runbooks"] = 6100, ["Digest"] = 6200,
        ["Mail"] = 7000, ["Scheduling"] = 7100, ["Cli"] = 8000, ["Demo"] = 8100,
    };

    public static IReadOnlyList<string> Violations(IEnumerable<Type> types, string root)
    {
        (int Id, string Folder, string Name)[] found =
        [
            .. from type in types
               from method in type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
               let attribute = method.GetCustomAttribute<LoggerMessageAttribute>()
               where attribute is not null
               select (attribute.EventId, Folder(type, root), $"{type.FullName}.{method.Name}"),
        ];
        var twice = found.GroupBy(entry => entry.Id).Where(group => group.Count() > 1).Select(group => $"{group.Key} is used twice: {string.Join(", ", group.Select(entry => entry.Name))}");
        var outside = found
            .Where(entry => !First.TryGetValue(entry.Folder, out var first) || entry.Id < first || entry.Id >= first + 100)
            .Select(entry => $"{entry.Name}: {entry.Id} is not in the range of {entry.Folder}");
        return [.. twice, .. outside];
    }

    private static string Folder(Type type, string root) => (type.Namespace ?? "").Length > root.Length + 1 ? type.Namespace![(root.Length + 1)..].Split('.')[0] : "";
}
