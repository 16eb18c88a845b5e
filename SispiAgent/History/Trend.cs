namespace SispiAgent.History;

/// <summary>How fast something changes, from measurements in their order. Pure.</summary>
internal static class Trend
{
    /// <summary>The change a second between the first and the last; negative if it falls. <see langword="null"/> if they span less than <paramref name="atLeast"/>.</summary>
    public static double? ChangePerSecond(IReadOnlyList<Measurement> measured, TimeSpan atLeast) =>
        Span(measured) is { TotalSeconds: > 0 } span && span >= atLeast ? (measured[^1].Value - measured[0].Value) / span.TotalSeconds : null;

    /// <summary>The rise a second: what only grows and may begin anew (a counter, a WAL position after a restore) counts no step back.</summary>
    public static double? RisePerSecond(IReadOnlyList<Measurement> measured, TimeSpan atLeast) =>
        Span(measured) is { TotalSeconds: > 0 } span && span >= atLeast
            ? measured.Zip(measured.Skip(1), (before, after) => (double)Math.Max(0, after.Value - before.Value)).Sum() / span.TotalSeconds
            : null;

    private static TimeSpan Span(IReadOnlyList<Measurement> measured) => measured.Count < 2 ? TimeSpan.Zero : measured[^1].At - measured[0].At;
}
