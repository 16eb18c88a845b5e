namespace SispiAgent.Replication;

/// <summary>How fast a server writes WAL, in bytes a second; <see langword="null"/> where it was not watched for long enough.</summary>
/// <param name="Hour">Over the last hour.</param>
/// <param name="Day">Over the last day.</param>
/// <param name="Week">Over the last week.</param>
internal sealed record WalRates(double? Hour, double? Day, double? Week)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3660);

    /// <summary>
    /// How long it takes to write so much: the next hour like the last hour, the rest of the day like the last day, what comes then like the
    /// last week. A busy hour does not make a deadline of next week's.
    /// </summary>
    /// <returns><see langword="null"/> if no rate is known, or nothing is written.</returns>
    public TimeSpan? TimeFor(double bytes)
    {
        if (bytes <= 0)
            return TimeSpan.Zero;
        double spent = 0;
        (double? Rate, double Until)[] spans = [(Hour ?? Day ?? Week, 3600), (Day ?? Hour ?? Week, 86400), (Week ?? Day ?? Hour, double.PositiveInfinity)];
        foreach (var (known, until) in spans)
        {
            if (known is not { } rate)
                return null;
            var written = rate * (until - spent);
            if (rate > 0 && written >= bytes)
                return spent + (bytes / rate) is var seconds && seconds < Longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
            if (double.IsInfinity(until))
                return null;
            bytes -= written;
            spent = until;
        }

        return null;
    }

    /// <summary>What remains of the rates where something else is as fast as another rate: how fast a standby falls behind that receives less.</summary>
    public WalRates Less(double rate) => new(Hour - rate, Day - rate, Week - rate);
}
