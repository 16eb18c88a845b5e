using System.Globalization;
using SispiAgent.Findings;
using SispiAgent.Peers;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>Judges a standby's WAL receiver, with SQL or without. Pure.</summary>
internal static class ReceiverJudge
{
    /// <summary>A standby has no WAL receiver.</summary>
    public static readonly FindingCode Missing = new("replication.receiver-missing");

    /// <summary>The WAL receiver is there and receives nothing.</summary>
    public static readonly FindingCode Stalled = new("replication.receiver-stalled");

    /// <summary>Judges it.</summary>
    /// <param name="node">This host's name.</param>
    /// <param name="local">What the host shows.</param>
    /// <param name="upstream">What the other database host's agent says.</param>
    /// <param name="unreceived">How much the primary has written, in bytes, since anything was received.</param>
    public static Finding? Judge(string node, LocalEvidence local, PeerAnswer? upstream, long unreceived)
    {
        var hasStalled = unreceived >= Stall.Bytes;
        if (local.Receiver is { Process.IsFrozen: false } && !hasStalled)
            return null;
        if (local.Receiver is null && upstream is { IsAnswering: true, Facts.Server.IsHealthy: false })
            return null; // the primary is down: its own agent mails that

        string[] evidence =
        [
            local.Receiver is { } receiver ? $"the WAL receiver, process {receiver.Process.Id}, is there (state {receiver.Process.State}): {receiver.Process.Title.TrimEnd('\0', ' ')}" : "there is no WAL receiver process",
            .. hasStalled ? new[] { $"the primary has written {ByteSize.Words(unreceived)} since anything was received here" } : [],
            .. local.Children.Where(child => child.Kind is ServerProcessKind.Startup).Select(child => $"recovery goes on: {child.Process.Title.TrimEnd('\0', ' ')}"),
            upstream switch
            {
                { IsAnswering: true, Facts.Server: { } server } => $"{upstream.Node}'s agent says: {server.Role ?? "server"}, {server.State}, at {server.Lsn}",
                { } => $"{upstream.Node}'s agent gives no answer: {upstream.Problem}",
                null => "no other database host has an agent to ask",
            },
        ];
        return local.Receiver is { Process.IsFrozen: false }
            ? new Finding(Stalled, node, Severity.Warning, "the WAL receiver receives nothing while the primary goes on")
            {
                Evidence = evidence,
                Effect = "The standby falls behind unseen; a failover now would lose what it has not received.",
                Remedy =
                [
                    "Look at the network between the hosts.",
                    // wal_receiver_timeout came with 9.3 (release notes)
                    local.Version is { } version && version < 90300
                        ? "This version's WAL receiver ends no dead connection by itself: restart the standby."
                        : "wal_receiver_timeout ends a dead connection by itself; 0 turns that off.",
                ],
            }
            : new Finding(Missing, node, Severity.Critical, local.Receiver is null ? "the standby receives no WAL" : "the WAL receiver is stopped by a signal")
            {
                State = local.Receiver is null ? "missing" : "frozen",
                Evidence = evidence,
                Effect = "The standby falls behind; a failover now would lose what it has not received. The primary keeps only some WAL for it.",
                Remedy = local.Receiver is { } frozen ? [string.Create(CultureInfo.InvariantCulture, $"On {node}: kill -CONT {frozen.Process.Id}"), "Find out who stopped it, and why: a person, a script, a debugger."] :
                [
                    "The standby's log says why it does not connect: password, pg_hba.conf of the primary, network, or WAL that is already gone.",
                    "\"requested WAL segment has already been removed\" means a re-sync (guide, Database Replication, step 3).",
                ],
            };
    }
}
