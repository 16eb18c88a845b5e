using SispiAgent.Findings;

namespace SispiAgent.Alerts;

/// <summary>Takes what probes and pipelines found, keeps the alert book and puts notices into the outbox, all in one transaction.</summary>
internal sealed class AlertDesk
{
    /// <summary>Takes a sweep in.</summary>
    /// <returns>Whether a second look is wanted before anything is mailed.</returns>
    public bool Report(Sweep sweep) => throw new NotImplementedException();
}
