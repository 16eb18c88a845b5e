using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>Judges where a standby's connection string leads. Pure.</summary>
internal static class UpstreamJudge
{
    /// <summary>It does not lead to the primary.</summary>
    public static readonly FindingCode Code = new("replication.upstream");

    /// <summary>Words that the remedy gives anew.</summary>
    private static readonly string[] Given = ["host", "hostaddr", "port", "dbname", "replication"];

    /// <summary>Words that hold no secret (manual, "Parameter Key Words"). Of any other, also one that a later version brings, nothing is mailed.</summary>
    private static readonly string[] Harmless =
    [
        "user", "application_name", "fallback_application_name", "client_encoding", "passfile", "service", "connect_timeout", "tcp_user_timeout", "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count",
        "sslmode", "sslnegotiation", "sslcompression", "sslcert", "sslkey", "sslcertmode", "sslrootcert", "sslcrl", "sslcrldir", "sslsni", "ssl_min_protocol_version", "ssl_max_protocol_version", "requirepeer", "require_auth",
        "channel_binding", "gssencmode", "gsslib", "gssdelegation", "krbsrvname", "target_session_attrs", "load_balance_hosts", "min_protocol_version", "max_protocol_version",
    ];

    /// <summary>Judges it.</summary>
    /// <param name="self">This host.</param>
    /// <param name="recovery">Its recovery settings.</param>
    /// <param name="targets">Where they lead.</param>
    /// <param name="primary">The primary, where exactly one is seen.</param>
    /// <param name="isReceiving">Whether the WAL receiver is there.</param>
    public static Finding? Judge(Node self, RecoverySettings recovery, IReadOnlyList<UpstreamTarget> targets, Node? primary, bool isReceiving)
    {
        if (recovery.Upstream is null || (targets.Count == 0 && recovery.HasRestoreCommand))
            return null;
        var isEmpty = targets.Count == 0;
        var isItself = !isEmpty && targets.All(target => target.Node == self);
        var isAnother = primary is not null && !isEmpty && targets.All(target => target.Node is { } node && node != primary);
        if (!isEmpty && !isItself && !isAnother)
            return null;

        var where = isEmpty ? "nowhere" : isItself ? "to itself" : $"to {string.Join(" and ", targets.Select(target => target.Node!.Name).Distinct())}";
        return new Finding(Code, self.Name, isReceiving ? Severity.Warning : Severity.Critical, $"the standby's primary_conninfo leads {where}{(primary is null ? "" : $", not to {primary.Name}")}")
        {
            State = isReceiving ? "still receiving" : "receives nothing",
            Evidence =
            [
                .. recovery.UpstreamLine is { } line ? [FormattableString.Invariant($"it is set in {line.File}, line {line.Line}")] : Array.Empty<string>(),
                isEmpty ? "primary_conninfo is empty, and there is no restore_command" : $"it leads to {string.Join(" and ", targets.Select(target => target.Words))}",
                primary is null ? "no primary is seen now" : $"{primary.Name} is the primary ({primary.Address}, port {primary.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)})",
                isReceiving ? "the WAL receiver is there: it began with another setting, or gets the WAL from a standby" : "there is no WAL receiver",
            ],
            Effect = isReceiving ? "When it connects anew, at the latest after a restart, it may receive nothing; a failover would then lose what it has not received." : "It receives no WAL and falls behind; a failover now would lose what it has not received.",
            Remedy = Remedy(self, recovery, primary),
        };
    }

    private static string[] Remedy(Node self, RecoverySettings recovery, Node? primary)
    {
        // what it says besides stays; a secret is in no mail
        var rest = string.Join(' ', recovery.Upstream!.Where(word => Harmless.Contains(word.Key)).Select(word => $"{word.Key}={Quoted(word.Value)}").DefaultIfEmpty("user=dbadmin"));
        var text = primary is null ? $"host=PRIMARY port=5442 {rest}" : FormattableString.Invariant($"host={primary.Address} port={primary.Port} {rest}");
        var setting = $"primary_conninfo = '{text.Replace("'", "''", StringComparison.Ordinal)}'";
        var isOld = recovery.Version < RecoverySettings.Signals;
        return
        [
            recovery.UpstreamLine is { } line
                ? FormattableString.Invariant($"On {self.Name}, in {line.File}, in place of line {line.Line}: {setting}")
                : $"On {self.Name}, at the end of {(isOld ? recovery.RecoveryFile : Path.Combine(recovery.DataDirectory, "postgresql.conf"))}: {setting}",
            .. recovery.Upstream!.Keys.Any(word => !Given.Contains(word) && !Harmless.Contains(word)) ? ["What else stood there, a password perhaps, stays as it was: it is in no mail."] : Array.Empty<string>(),
            recovery.Version >= 130000 ? $"Then: pg_ctl reload -D {recovery.DataDirectory}" : $"Then restart the standby: pg_ctl restart -m fast -D {recovery.DataDirectory}",
        ];
    }

    private static string Quoted(string value) => value.Length > 0 && value.All(c => char.IsLetterOrDigit(c) || "_-./:@".Contains(c, StringComparison.Ordinal)) ? value : $"'{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
