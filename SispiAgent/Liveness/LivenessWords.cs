using SispiAgent.Findings;
using SispiAgent.Postgres;

namespace SispiAgent.Liveness;

/// <summary>What each state is called, what it means and what to do: never lumped together.</summary>
/// <param name="Summary">For the mail's subject.</param>
/// <param name="Severity">How soon somebody has to act.</param>
/// <param name="Effect">What it means.</param>
/// <param name="Remedy">What to do.</param>
internal sealed record LivenessWords(string Summary, Severity Severity, string Effect, IReadOnlyList<string> Remedy)
{
    private const string OfStandby = "The primary goes on without it. While this lasts there is no standby to fail over to, and it falls behind: the primary keeps only some WAL for it.";

    private const string OfPrimary = "Nothing that needs this server works: no observation is recorded in it while this lasts.";

    /// <summary>The words for a state.</summary>
    /// <param name="reach">What connecting came to.</param>
    /// <param name="standing">What the server's own host shows it is about; matters when it does not accept connections.</param>
    /// <param name="node">The node's name.</param>
    /// <param name="dataDirectory">Its data directory.</param>
    /// <param name="port">Its port.</param>
    /// <param name="isStandby">Whether it is known to be a standby's server: the observatory works on without it, and there is nothing to fail over from.</param>
    public static LivenessWords For(Reach reach, Standing standing, string node, string dataDirectory, int port, bool isStandby) =>
        Of(reach, standing, node, dataDirectory, port, isStandby ? OfStandby : OfPrimary, isStandby ? [] : ["If it cannot come back soon, consider the failover; nothing has been promoted."]);

    private static LivenessWords Of(Reach reach, Standing standing, string node, string dataDirectory, int port, string effect, IReadOnlyList<string> otherwise) => reach switch
    {
        Reach.NotAccepting when standing is Standing.Starting => new("PostgreSQL is starting up", Severity.Critical, effect,
        [
            "Wait: crash recovery and a standby's way to consistency end by themselves. Do not kill it.",
            $"Its log says how far it is; it grows at the end of the newest file in {dataDirectory}/pg_log or the server's own log directory.",
        ]),
        Reach.NotAccepting when standing is Standing.Stopping => new("PostgreSQL is shutting down", Severity.Critical, effect,
        [
            "Somebody has told it to stop. A \"smart\" stop waits for every client to leave: pg_ctl stop -m fast ends it.",
            "If nobody did on this host: is the host itself going down? last -x shutdown",
        ]),
        Reach.Full => new("PostgreSQL has no connection left", Severity.Critical, "Clients that are connected go on; new ones, the observatory's too, are turned away.",
        [
            $"See who holds them, as superuser (slots are kept for it): psql -p {port} -c \"SELECT usename, client_addr, state, count(*) FROM pg_stat_activity GROUP BY 1,2,3 ORDER BY 4 DESC\" postgres",
            "End what is idle and not needed: SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle' AND ...",
        ]),
        Reach.NotAccepting => new("PostgreSQL is up and does not accept connections", Severity.Critical, effect,
        [
            "It is starting, stopping or recovering; the evidence above says which.",
            $"Watch its log in {dataDirectory}; crash recovery ends by itself. Do not kill it.",
        ]),
        Reach.Refusing => new("PostgreSQL refuses connections", Severity.Critical, effect,
        [
            $"On {node}: see why it went down, at the end of the newest log in {dataDirectory}",
            "Start it by its own service (the guide: /etc/init.d/postgresql start).",
            .. otherwise,
        ]),
        Reach.NotAnswering => new("PostgreSQL does not answer", Severity.Critical, "Clients connect and then hang. " + effect,
        [
            $"On {node}: is a process stopped (state T) or waiting for a disk (state D)? ps -o pid,stat,wchan,args -u postgres",
            "State T: kill -CONT PID of the postmaster. State D: look at the disk, dmesg and the RAID controller.",
            "Do not start a second server on the same data directory.",
        ]),
        Reach.Unreachable => new("the host can't be reached", Severity.Critical, effect, [$"Is {node} switched on and on the network? ping {node}; its console.", "If the network between the hosts is cut, do not fail over: the old primary may still be writing."]),
        Reach.UnknownHost => new("the host's name is not known", Severity.Critical, "The agent can't look at this server.", [$"getent hosts {node}; correct the name service, or the Address of {node} in the configuration."]),
        Reach.BadCredentials => new("PostgreSQL is up, the agent's login is not", Severity.Warning, "The server works; the agent can't see into it, and backups would fail.", ["Correct the agent's line in the pass file (Postgres:PassFile, PGPASSFILE or ~/.pgpass; mode 0600).", "sispi-agent status shows when it works again."]),
        Reach.AccessRefused => new("PostgreSQL is up and does not let the agent in", Severity.Warning, "The server works; the agent can't see into it, and backups would fail.", ["Add the agent's role and address to pg_hba.conf and reload, or create the role: deploy/roles.sql"]),
        Reach.NotPostgres => new("something else answers on PostgreSQL's port", Severity.Critical, effect, [$"On {node}: ss -ltnp 'sport = :{port}'", $"Correct Cluster:Nodes:{node}:Port if PostgreSQL has moved."]),
        _ => new("PostgreSQL answers with an error", Severity.Critical, "It is up; what the agent asked did not work.", ["Read the error above and the server's log."]),
    };
}
