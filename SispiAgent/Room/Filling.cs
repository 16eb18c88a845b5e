using SispiAgent.History;

namespace SispiAgent.Room;

/// <summary>Where a free amount is heading. Pure.</summary>
internal static class Filling
{
    /// <summary>With less history the slope of an hour's work would be taken for the course of the week.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromDays(1);

    /// <summary>When nothing is left, by the straight line of least squares through the history.</summary>
    /// <returns><see langword="null"/> if it does not shrink, or there is less than a day of history.</returns>
    public static TimeSpan? UntilZero(IReadOnlyList<Measurement> free)
    {
        if (free.Count < 2 || free[^1].At - free[0].At < Shortest)
            return null;
        var begin = free[0].At;
        double[] x = [.. free.Select(one => (one.At - begin).TotalSeconds)];
        double[] y = [.. free.Select(one => (double)one.Value)];
        var (meanX, meanY) = (x.Average(), y.Average());
        var slope = x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum() / x.Sum(a => (a - meanX) * (a - meanX));
        // a line that takes a century to reach zero says that nothing shrinks
        return slope < 0 && -y[^1] / slope is var seconds && seconds < TimeSpan.FromDays(36500).TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
    }
}
