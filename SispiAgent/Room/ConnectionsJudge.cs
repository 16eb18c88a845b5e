using System.Globalization;
using SispiAgent.Findings;

namespace SispiAgent.Room;

/// <summary>Judges connections against the limit. Pure.</summary>
internal static class ConnectionsJudge
{
    /// <summary>Connections run out.</summary>
    public static readonly FindingCode Connections = new("room.connections");

    private const int Most = 8;

    /// <summary>Judges them.</summary>
    /// <param name="node">This host.</param>
    /// <param name="limit">What ordinary clients may have: <c>max_connections</c> without what is reserved.</param>
    /// <param name="holders">Who holds them, the most first.</param>
    /// <param name="options">The limits.</param>
    public static Finding? Judge(string node, long limit, IReadOnlyList<ConnectionHolder> holders, RoomOptions options)
    {
        var used = holders.Sum(holder => holder.Count);
        var percent = limit <= 0 ? 100 : 100 * used / limit;
        if (percent < options.ConnectionsWarningPercent)
            return null;
        var idle = holders.MaxBy(holder => holder.Idle);
        return new(Connections, node, percent >= options.ConnectionsCriticalPercent ? Severity.Critical : Severity.Warning, "connections run out")
        {
            Evidence =
            [
                string.Create(CultureInfo.InvariantCulture, $"{used} of {limit} connections that ordinary clients may have are in use ({percent} %)"),
                .. holders.Take(Most).Select(holder => string.Create(CultureInfo.InvariantCulture, $"{holder.Count} of {Name(holder.User)}, program {Name(holder.Application)}, from {holder.Client}; {holder.Idle} idle")),
                .. holders.Skip(Most).Any() ? [string.Create(CultureInfo.InvariantCulture, $"{holders.Skip(Most).Sum(holder => holder.Count)} of others")] : Array.Empty<string>(),
            ],
            Effect = "When none is left, new clients are turned away (53300); only superusers get in by the slots kept for them.",
            Remedy =
            [
                .. idle is { Idle: > 0 }
                    ? [
                        $"Most idle ones are program {Name(idle.Application)} of {Name(idle.User)} from {idle.Client}. Restart it, or end its sessions that did nothing for an hour (9.2 and later):",
                        $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle' AND usename = {Literal(idle.User)} AND application_name = {Literal(idle.Application)} AND state_change < now() - interval '1 hour';",
                    ]
                    : (string[])["None is idle: which of them may wait?"],
                "More of them for good: a pooler, or max_connections (restart; on the standby first).",
            ],
        };
    }

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Name(string text) => text.Length == 0 ? "(unnamed)" : text;
}
