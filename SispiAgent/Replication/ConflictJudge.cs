using System.Globalization;
using SispiAgent.Findings;

namespace SispiAgent.Replication;

/// <summary>Judges queries that a standby cancelled since they were in the way of replay. Pure.</summary>
internal static class ConflictJudge
{
    /// <summary>A standby or mirror cancels its users' queries.</summary>
    public static readonly FindingCode Code = new("replication.conflicts");

    /// <summary>How far back it is looked.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <summary>Judges what was cancelled within the window, by kind.</summary>
    public static Finding? Judge(string node, IReadOnlyDictionary<string, long> cancelled, int version)
    {
        var kinds = cancelled.Where(kind => kind.Value > 0).OrderByDescending(kind => kind.Value).ToList();
        if (kinds.Count == 0)
            return null;
        return new Finding(Code, node, Severity.Warning, "queries are cancelled: they are in the way of replay")
        {
            Evidence = [Words(cancelled), .. kinds.Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Key}: {kind.Value}, {Why(kind.Key)}"))],
            Effect = $"Whoever reads on {node} gets errors (SQLSTATE 40001). The WAL itself is not harmed.",
            Remedy =
            [
                .. kinds.Any(kind => kind.Key == "snapshot") ? [Set(node, "hot_standby_feedback", "on", version) + " (the primary then keeps dead rows for as long as the longest query there)"] : Array.Empty<string>(),
                Set(node, "max_standby_streaming_delay", "5min", version) + " (replay waits so long for a query; the default is 30s)",
            ],
        };
    }

    /// <summary>The number in words.</summary>
    public static string Words(IReadOnlyDictionary<string, long> cancelled) =>
        string.Create(CultureInfo.InvariantCulture, $"{(cancelled.Values.Sum() is var sum && sum == 0 ? "no" : sum.ToString(CultureInfo.InvariantCulture))} {(sum == 1 ? "query" : "queries")} cancelled within the last hour");

    private static string Set(string node, string name, string value, int version) => version >= 90400
        ? $"On {node}, in psql: ALTER SYSTEM SET {name} = '{value}'; SELECT pg_reload_conf();"
        : $"On {node}, in postgresql.conf: {name} = {value}, then pg_ctl reload";

    private static string Why(string kind) => kind switch
    {
        "snapshot" => "they still needed rows that the primary's vacuum has removed",
        "lock" => "they held a lock on a table that was altered, dropped or truncated on the primary",
        "bufferpin" => "they held a page that vacuum has cleaned",
        "tablespace" => "they used a tablespace that was dropped",
        "deadlock" => "they and replay waited for each other",
        _ => "a logical slot needed what was removed",
    };
}
