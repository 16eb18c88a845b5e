namespace SispiAgent.Backup;

/// <summary>The backup as the schedule runs it: dumps where this host's server is the primary, prunes copies where it is not.</summary>
internal sealed class ScheduledBackup
{
    /// <summary>Whether a verified set of this cluster is at least as young as a firing of the schedule; else it was missed.</summary>
    public bool HasRunSince(DateTimeOffset firing) => throw new NotImplementedException();

    /// <summary>Runs it. A failure is a finding and a mail, not an exception.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => throw new NotImplementedException();
}
