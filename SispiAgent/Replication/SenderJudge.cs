using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.Peers;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>Judges what a primary's WAL senders show about one standby or mirror. Pure.</summary>
internal static class SenderJudge
{
    /// <summary>No WAL sender feeds a standby or mirror.</summary>
    public static readonly FindingCode Missing = new("replication.sender-missing");

    /// <summary>A standby or mirror is far behind.</summary>
    public static readonly FindingCode Lag = new("replication.lag");

    /// <summary>The agent's role may not see the senders' state.</summary>
    public static readonly FindingCode NoPermission = new("replication.no-permission");

    /// <summary>Judges one node.</summary>
    /// <param name="node">The standby or mirror.</param>
    /// <param name="primary">This host's name.</param>
    /// <param name="sender">Its sender, if there is one; while its replay is paused, which is told by itself, without what it has replayed.</param>
    /// <param name="answer">What its own agent says; asked only when the sender is missing.</param>
    /// <param name="all">Every sender, as evidence.</param>
    /// <param name="position">Where the primary writes.</param>
    /// <param name="version">The primary's version.</param>
    /// <param name="limits">How far behind is too far.</param>
    /// <param name="silentRounds">After how many questions without an answer the primary speaks for it.</param>
    public static Finding? Judge(
        Node node, string primary, WalSender? sender, PeerAnswer? answer, IReadOnlyList<WalSender> all, WalPosition position, int version, ReplicationOptions limits, int silentRounds)
    {
        if (sender is null)
            return IsOwnersFact(answer, silentRounds) ? null : MissingSender(node, primary, answer, all, position);
        var (reached, how) = sender switch
        {
            { Replayed: { } replayed } => (replayed, "replayed"),
            { Flushed: { } flushed } => (flushed, "received"),
            _ => (sender.Sent, "been sent"), // a title (9.0) shows no more
        };
        var behind = reached is { } there ? position.BytesSince(there, version) : 0;
        if (behind < limits.WarningBytes)
            return null;
        var isCritical = behind >= limits.CriticalBytes;
        return new Finding(Lag, node.Name, isCritical ? Severity.Critical : Severity.Warning, $"far behind the primary{(isCritical ? " and further than the critical limit" : "")}")
        {
            Evidence =
            [
                $"{primary} writes at {position}, {node.Name} has {how} up to {reached}: {ByteSize.Words(behind)} behind",
                $"{sender.State}: {SenderLag.Words(sender, position, version)}",
                $"limits: warning {ByteSize.Words(limits.WarningBytes)}, critical {ByteSize.Words(limits.CriticalBytes)}",
            ],
            Effect = SenderLag.HasArrived(sender, position, version)
                ? "The WAL has arrived and is not replayed: queries there see old data; a failover would first have to replay it."
                : "The WAL has not arrived: a failover now would lose what is behind.",
            Remedy = [SenderLag.Remedy(node.Name, sender, position, version)],
        };
    }

    /// <summary>What the agent's role may not see.</summary>
    public static Finding Hidden(string primary, IReadOnlyList<WalSender> senders) => new(NoPermission, primary, Severity.Warning, "the agent may not see the WAL senders' state")
    {
        Evidence = [$"{senders.Count} WAL senders are there; state and client of {senders.Count(sender => sender.State is null)} are hidden"],
        Effect = "Whether standby and mirror stream, and how far behind they are, is not known.",
        Remedy = ["As superuser: GRANT pg_monitor TO the agent's role (10 and later; before, only a superuser sees it): deploy/roles.sql"],
    };

    /// <summary>A sender in a line.</summary>
    public static string Describe(WalSender? sender, WalPosition position, int version) => sender switch
    {
        null => "missing",
        { Sent: not null } => $"{sender.State}, {SenderLag.Words(sender, position, version)}",
        _ => sender.State ?? "state hidden",
    };

    /// <summary>The node's own agent mails that its server is down, or that it does not receive: one fact, one mail. While it may still answer, nothing is said.</summary>
    private static bool IsOwnersFact(PeerAnswer? answer, int silentRounds) => answer switch
    {
        null => false, // a mirror without an agent
        { IsAnswering: false } => answer.SilentRounds < silentRounds,
        { Facts.Server.Role: "primary" } => true, // two primaries: the roles' probe
        { Facts.Server: { IsHealthy: true, IsReceiving: not false } } => false,
        _ => true,
    };

    private static Finding MissingSender(Node node, string primary, PeerAnswer? answer, IReadOnlyList<WalSender> all, WalPosition position)
    {
        List<string> evidence = [$"{primary} is the primary, at {position}, and has no WAL sender for {node.Name} ({node.Address})"];
        evidence.AddRange(all.Count == 0 ? ["it has no WAL sender at all"] : all.Select(other => $"sender {other.ProcessId}: {other.ApplicationName} at {other.ClientAddress ?? "unix socket"}, {other.State ?? "state hidden"}"));
        if (answer is not null)
            evidence.Add(answer.IsAnswering ? $"its own agent says that it receives, up to {answer.Facts!.Server?.Lsn}: from another server?" : $"its own agent gives no answer: {answer.Problem}");
        return new Finding(Missing, node.Name, node.Kind is NodeKind.Mirror ? Severity.Warning : Severity.Critical, "gets no WAL from the primary")
        {
            Evidence = evidence,
            Effect = $"{node.Name} falls behind from now on. The primary keeps only some WAL for it; when that is gone, {node.Name} has to be copied anew.",
            Remedy =
            [
                $"Is PostgreSQL on {node.Name} running? Its log says why it does not connect.",
                $"On {primary}: does pg_hba.conf let {node.Name} in for replication? Are max_wal_senders used up?",
                $"Is the network between {primary} and {node.Name} up?",
            ],
        };
    }
}
