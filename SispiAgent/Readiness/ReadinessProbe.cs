using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.History;

namespace SispiAgent.Readiness;

/// <summary>Says every hour what would go wrong if the other database host died now.</summary>
internal sealed class ReadinessProbe(CurrentSite site, ReadinessLook look, StatusBoard board, TimeProvider time) : IProbe
{
    /// <inheritdoc/>
    public string Name => "readiness.failover";

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Readiness];

    /// <inheritdoc/>
    public IReadOnlyCollection<Unseen> Unseen { get; private set; } = [];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        Unseen = [];
        var current = site.Value;
        if (current.Self.Kind is not NodeKind.Database || ReadinessLook.Other(current) is not { } other)
            return [];
        IReadOnlyList<ReadinessItem> items;
        try
        {
            items = await look.LookAsync(cancellationToken);
        }
        catch (AgentException e)
        {
            board.Record(new(current.Self.Name, "readiness", $"can't be judged: {e.Message}", false, time.GetUtcNow()));
            throw new LookSuspendedException($"One of the two hosts is silent, which others tell: {e.Message}");
        }

        ReadinessItem[] red = [.. items.Where(item => !item.IsWell)];
        board.Record(new(current.Self.Name, "readiness", red.Length == 0 ? $"if {other.Name} died now: green ({items.Count} items)" : $"if {other.Name} died now: {string.Join(", ", red.Select(item => item.Name))} red", red.Length == 0, time.GetUtcNow()));
        Unseen = [.. red.Where(item => item.Code is null).Select(item => new Unseen(SubjectOf(item, current.Self.Name)))]; // red, and told elsewhere or not yet: not over
        return [.. red.Where(item => item.Code is not null).Select(item => Judge(item, item.Code!.Value, current.Self.Name, other.Name))];
    }

    private static string SubjectOf(ReadinessItem item, string self) => item.Name.Contains(" to ", StringComparison.Ordinal) || item.Name.Contains(" for ", StringComparison.Ordinal) ? $"{self}/{item.Name}" : self;

    /// <summary>The finding of a red item.</summary>
    private static Finding Judge(ReadinessItem item, FindingCode code, string self, string other) =>
        new(code, SubjectOf(item, self), Severity.Warning, $"not ready for a failover: {item.Name}")
        {
            Evidence = [item.Words, .. item.Evidence],
            Effect = item.Effect.Length > 0 ? item.Effect : $"If {other} died now, this would go wrong.",
            Remedy = item.Remedy,
        };
}
