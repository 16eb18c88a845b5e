using SispiAgent.Findings;

namespace SispiAgent.Replication;

/// <summary>Judges a connection that comes and goes. Pure.</summary>
internal static class Flapping
{
    /// <summary>A standby's or mirror's connection to the primary breaks again and again.</summary>
    public static readonly FindingCode Code = new("replication.flapping");

    /// <summary>How far back it is looked.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <summary>So often within the window is too often: a restart of the standby makes one, those of the primary are not counted.</summary>
    public const int TooOften = 4;

    /// <summary>Judges how often it began anew within the window.</summary>
    /// <param name="node">The standby or mirror.</param>
    /// <param name="begun">How often.</param>
    /// <param name="version">Both servers' version: what ends a quiet connection has changed (release notes of 9.1 and 9.3).</param>
    public static Finding? Judge(string node, int begun, int version) => begun < TooOften ? null : new Finding(Code, node, Severity.Warning, "its connection to the primary breaks again and again")
    {
        Evidence = [$"it began anew {begun} times within the last hour; {TooOften} are too many"],
        Effect = "Each time it falls behind and catches up; whoever looks in between sees all well. What cuts it off may soon cut it off for good.",
        Remedy =
        [
            $"The logs of both ends say why it broke off: a network that drops quiet connections, {Timeouts(version)}replication conflicts, memory.",
            "A firewall between the hosts that forgets quiet connections: tcp_keepalives_idle below its limit, at both ends.",
        ],
    };

    private static string Timeouts(int version) => version switch
    {
        < 90100 => "",
        < 90300 => "the primary's replication_timeout too short for the line, ",
        _ => "wal_sender_timeout or wal_receiver_timeout too short for the line, ",
    };
}
