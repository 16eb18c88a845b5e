using System.Globalization;
using SispiAgent.Findings;

namespace SispiAgent.Room;

/// <summary>Judges connections against the limit. Pure.</summary>
internal static class ConnectionsJudge
{
    /// <summary>Connections run out.</summary>
    public static readonly FindingCode Connections = new("room.connections");

    private const int Most = 8;

    /// <summary>From this share on the idle sessions of one program are worth ending.</summary>
    private const double WorthEnding = 0.2;

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
        return new(Connections, node, percent >= options.ConnectionsCriticalPercent ? Severity.Critical : Severity.Warning, "connections run out")
        {
            Evidence =
            [
                string.Create(CultureInfo.InvariantCulture, $"{used} of {limit} connections that ordinary clients may have are in use ({percent} %)"),
                .. holders.Take(Most).Select(holder => string.Create(CultureInfo.InvariantCulture, $"{holder.Count} of {Name(holder.User)}, program {Name(holder.Application)}, from {holder.Client}; {holder.Idle} idle")),
                .. holders.Skip(Most).Any() ? [string.Create(CultureInfo.InvariantCulture, $"{holders.Skip(Most).Sum(holder => holder.Count)} of others")] : Array.Empty<string>(),
            ],
            Effect = "When none is left, new clients are turned away (53300); only superusers get in by the slots kept for them.",
            Remedy = [.. Free(used, holders), "More of them for good: a pooler, or max_connections (restart; on the standby first)."],
        };
    }

    private static IEnumerable<string> Free(long used, IReadOnlyList<ConnectionHolder> holders)
    {
        if (holders.MaxBy(holder => holder.Idle) is not { } idle)
            return [];
        if (idle.Idle >= used * WorthEnding)
        {
            return
            [
                $"Most idle ones are program {Name(idle.Application)} of {Name(idle.User)} from {idle.Client}. Restart it, or end its sessions that did nothing for an hour (9.2 and later):",
                $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle' AND usename = {Literal(idle.User)} AND application_name = {Literal(idle.Application)} AND state_change < now() - interval '1 hour';",
            ];
        }

        return [string.Create(CultureInfo.InvariantCulture, $"{(idle.Idle == 0 ? "None is idle" : "Few are idle")}: which of them may wait? {holders[0].Count} are program {Name(holders[0].Application)} of {Name(holders[0].User)} from {holders[0].Client}.")];
    }

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Name(string text) => text.Length == 0 ? "(unnamed)" : text;
}
