using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.Peers;
using SispiAgent.Postgres;

namespace SispiAgent.Liveness;

/// <summary>Judges whether a server lives. Pure.</summary>
internal static class LivenessJudge
{
    /// <summary>A server is not as it should be; its state says how.</summary>
    public static readonly FindingCode Server = new("liveness.server");

    /// <summary>The server's own agent says it is well, and from here it is not reached.</summary>
    public static readonly FindingCode Network = new("liveness.network");

    /// <summary>Whether a server is as it should be, with what its own host shows: a standby without hot standby refuses and is well.</summary>
    public static bool IsHealthy(ServerStatus status) =>
        status.Reach is Reach.Accepting || (status.Reach is Reach.NotAccepting && status.Local is { IsWorkingStandby: true });

    /// <summary>The judgement of the server's own host.</summary>
    public static Finding? Own(Node node, ServerStatus status) => IsHealthy(status) ? null : Finding(node, status, [.. Evidence(status)]);

    /// <summary>The judgement of another host. The node's own agent owns the fact as long as it answers.</summary>
    /// <param name="node">The server's node.</param>
    /// <param name="status">What was seen from here.</param>
    /// <param name="answer">What its own agent says; <see langword="null"/> if it need not be asked.</param>
    /// <param name="silentRounds">After how many questions without an answer this host speaks for it.</param>
    /// <param name="here">This host's name.</param>
    public static Finding? FromElsewhere(Node node, ServerStatus status, PeerAnswer? answer, int silentRounds, string here)
    {
        if (status.Reach is Reach.Accepting || answer is null)
            return null;
        if (!answer.IsAnswering)
        {
            if (status.Reach is Reach.NotAccepting && answer.IsOfWarmStandby)
                return null; // nothing has changed as far as can be seen; that the agent is silent is told by the peers' probe
            string[] silence = [$"its own agent has given no answer to {answer.SilentRounds} questions: {answer.Problem}", $"at fault: {Culprit(status.Reach)}"];
            return answer.SilentRounds < silentRounds ? null : Finding(node, status, [.. Evidence(status), $"seen from {here}", .. silence]);
        }

        if (answer.Facts!.Server is not { IsHealthy: true } server || (server.State == nameof(Reach.NotAccepting) && status.Reach is Reach.NotAccepting))
            return null;
        if (status.Reach is Reach.Full or Reach.BadCredentials or Reach.AccessRefused or Reach.Failing) // it answered from here: not the network's fault
            return Finding(node, status, [.. Evidence(status), $"seen from {here}", $"its own agent says, {answer.AnsweredAt:HH:mm:ss} UTC: {server.Role ?? "server"}, {server.State}", $"at fault: {Culprit(status.Reach)}"]);
        return new Finding(Network, node.Name, Severity.Critical, $"PostgreSQL can't be reached from {here}")
        {
            State = status.Reach.ToString(),
            Evidence = [.. Evidence(status), $"its own agent says, {answer.AnsweredAt:HH:mm:ss} UTC: {server.Role ?? "server"}, {server.State}", "at fault: the network between the hosts, a firewall, listen_addresses or pg_hba.conf; not the server"],
            Effect = $"Programs on {here}, the web viewers among them, can't reach the database.",
            Remedy = [$"From {here}: ping {node.Address}; nc -vz {node.Address} {node.Port}", $"On {node.Name}: SHOW listen_addresses; is this host's address in pg_hba.conf?"],
        };
    }

    /// <summary>What was seen, a line a fact.</summary>
    public static IEnumerable<string> Evidence(ServerStatus status)
    {
        yield return $"tried: {status.Way}";
        if (status.Problem is { } problem)
            yield return $"came back: {problem}";
        if (status.Local is not { } local)
            yield break;
        yield return (local.PidFile, local.Postmaster) switch
        {
            (null, _) => "postmaster.pid is not there: the server was stopped, or never started",
            ({ } file, null) => $"postmaster.pid names process {file.ProcessId}, which does not run: the server was killed or the host crashed",
            (_, { IsFrozen: true } postmaster) => $"the postmaster, process {postmaster.Id}, is stopped by a signal (state {postmaster.State})",
            ({ Status: { } said }, { } postmaster) => $"the postmaster, process {postmaster.Id}, runs (state {postmaster.State}) and says \"{said}\"",
            (_, { } postmaster) => $"the postmaster, process {postmaster.Id}, runs (state {postmaster.State})",
        };
        if (local.HasStartupProcess)
            yield return $"a startup process is at work: {local.Children.First(child => child.Kind is ServerProcessKind.Startup).Process.Title.TrimEnd('\0', ' ')}";
        yield return local.Control is { } control ? $"the control file says: {control.State}, timeline {control.Timeline}" : $"the control file could not be read: {local.ControlProblem}";
        yield return $"at fault: {(local.Postmaster is null ? "the process is gone, the host is up" : "the process, the host is up")}";
    }

    private static Finding Finding(Node node, ServerStatus status, IReadOnlyList<string> evidence)
    {
        var standing = status.Local?.Standing ?? Standing.Unknown;
        var words = LivenessWords.For(status.Reach, standing, node.Name, node.DataDirectory, node.Port, IsStandbys(status));
        return new Finding(Server, node.Name, words.Severity, words.Summary) { State = status.Reach is Reach.NotAccepting ? $"{status.Reach}, {standing}" : status.Reach.ToString(), Evidence = evidence, Effect = words.Effect, Remedy = words.Remedy };
    }

    /// <summary>Whether the control file shows a standby's server, running or stopped.</summary>
    private static bool IsStandbys(ServerStatus status) => status.Local?.Control?.State is ControlState.InRecovery or ControlState.ShutDownInRecovery;

    private static string Culprit(Reach reach) => reach switch
    {
        Reach.Unreachable or Reach.UnknownHost => "the host or the network to it",
        Reach.Refusing => "the process: the host is up and nothing listens",
        Reach.Full => "neither host nor network: the server lives and its clients hold every connection",
        Reach.BadCredentials or Reach.AccessRefused => "neither process, host nor network: the agent's access",
        _ => "the process: the host answers",
    };
}
