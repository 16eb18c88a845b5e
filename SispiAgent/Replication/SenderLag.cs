using SispiAgent.Findings;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>
/// How far behind the primary a standby or mirror is on each part of the way: sent, written and flushed there, replayed. Bytes are the truth; seconds
/// stand only beside them, since an idle primary's grow for nothing. Pure.
/// </summary>
internal static class SenderLag
{
    /// <summary>The parts of the way that are known, each in bytes behind the primary.</summary>
    public static IReadOnlyList<(string Name, long Behind)> Parts(WalSender sender, WalPosition position, int version) =>
    [
        .. from part in new (string Name, WalPosition? At)[] { ("sent", sender.Sent), ("written", sender.Written), ("flushed", sender.Flushed), ("replayed", sender.Replayed) }
           where part.At is not null
           select (part.Name, Math.Max(0, position.BytesSince(part.At!.Value, version))),
    ];

    /// <summary>All parts in a line: <c>sent 0 bytes, written 0 bytes, flushed 0 bytes, replayed 12 MB behind (41 s)</c>.</summary>
    public static string Words(WalSender sender, WalPosition position, int version)
    {
        var parts = Parts(sender, position, version);
        var seconds = sender.ReplayLag is { } lag && parts is [.., ("replayed", > 0)] ? $" ({Durations.Words(lag)})" : "";
        return parts.Count == 0 ? "how far behind is not known" : $"{string.Join(", ", parts.Select(part => $"{part.Name} {ByteSize.Words(part.Behind)}"))} behind{seconds}";
    }

    /// <summary>Whether most of what is missing has arrived there.</summary>
    public static bool HasArrived(WalSender sender, WalPosition position, int version) => Widest(sender, position, version) == "replayed";

    /// <summary>Where to look, by the part of the way on which most is held up.</summary>
    public static string Remedy(string node, WalSender sender, WalPosition position, int version) => Widest(sender, position, version) switch
    {
        "sent" => $"Most has not even been sent: is the network to {node} slow or full, or has it just come back ({sender.State})?",
        "written" => $"Most is on its way: is the network to {node} slow or full?",
        "flushed" => $"It has arrived and is not on {node}'s disk: is that disk slow or full?",
        _ => $"On {node}: is replay paused, is a long query in its way (pg_stat_activity), is its disk slow?",
    };

    private static string? Widest(WalSender sender, WalPosition position, int version)
    {
        var parts = Parts(sender, position, version);
        return parts.Select((part, i) => (part.Name, Grown: part.Behind - (i == 0 ? 0 : parts[i - 1].Behind))).OrderByDescending(part => part.Grown).FirstOrDefault().Name;
    }
}
