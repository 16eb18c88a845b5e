namespace SispiAgent.Tests.Conventions.Planted.Liveness;

/// <summary>Planted: a probe knows another probe, the alerts, and a folder without a level.</summary>
internal sealed class KnowsItsNeighbour
{
    public Replication.Neighbour? Neighbour { get; init; }

    public Alerts.Desk? Desk { get; init; }

    public Widgets.Widget? Widget { get; init; }
}
