namespace SispiAgent.Postgres;

/// <summary>What a server's own host shows without SQL.</summary>
/// <param name="PidFile"><c>postmaster.pid</c>, if it is there.</param>
/// <param name="Postmaster">The postmaster, if it runs.</param>
/// <param name="Children">Its child processes.</param>
/// <param name="Control">What pg_controldata says; <see langword="null"/> if that could not be asked.</param>
/// <param name="ControlProblem">Why it could not.</param>
internal sealed record LocalEvidence(PostmasterPidFile? PidFile, ProcessEntry? Postmaster, IReadOnlyList<ServerProcess> Children, ControlFile? Control, string? ControlProblem)
{
    /// <summary>The data directory's major version as server_version_num writes it: 90000 for 9.0, 150000 for 15; <see langword="null"/> if it does not say.</summary>
    public int? Version { get; init; }

    /// <summary>The WAL receiver, if there is one.</summary>
    public ServerProcess? Receiver => Children.FirstOrDefault(child => child.Kind is ServerProcessKind.WalReceiver);

    /// <summary>The WAL senders.</summary>
    public IEnumerable<ServerProcess> Senders => Children.Where(child => child.Kind is ServerProcessKind.WalSender);

    /// <summary>Whether recovery goes on: a startup process is there.</summary>
    public bool HasStartupProcess => Children.Any(child => child.Kind is ServerProcessKind.Startup);

    /// <summary>
    /// What it is about. From 10 on <c>postmaster.pid</c> says so itself; before, only the control file and the processes tell, and a
    /// hot standby that is not yet consistent looks like one that is not hot.
    /// </summary>
    public Standing Standing => (PidFile?.Status, Control?.State) switch
    {
        ("starting", _) => Standing.Starting,
        ("stopping", _) or (_, ControlState.ShuttingDown) => Standing.Stopping,
        (PostmasterPidFile.WarmStandby, _) => Standing.WarmStandby,
        ("ready", _) => Standing.Ready,
        (_, ControlState.InRecovery) when HasStartupProcess => Standing.WarmStandby,
        _ when HasStartupProcess => Standing.Starting,
        (_, ControlState.InProduction) => Standing.Ready,
        _ => Standing.Unknown,
    };

    /// <summary>Whether it is a standby that answers no SQL and does what it should: it replays.</summary>
    public bool IsWorkingStandby => Postmaster is { IsFrozen: false } && HasStartupProcess && Standing is Standing.WarmStandby;
}
