namespace SispiAgent.Postgres;

/// <summary>The own server's <c>pg_wal</c>, <c>pg_xlog</c> up to 9.6: what WAL is really there.</summary>
internal static class WalDirectory
{
    /// <summary>The directory of a data directory.</summary>
    public static string Of(string dataDirectory)
    {
        var later = Path.Combine(dataDirectory, "pg_wal");
        return Directory.Exists(later) ? later : Path.Combine(dataDirectory, "pg_xlog");
    }

    /// <summary>The names of its files.</summary>
    public static IReadOnlyList<string> Names(string dataDirectory) => [.. Directory.EnumerateFiles(Of(dataDirectory)).Select(file => Path.GetFileName(file))];

    /// <summary>From where a timeline descends; one without ancestors if its file is not there, as for timeline 1.</summary>
    public static TimelineHistory History(string dataDirectory, long timeline, WalLayout layout)
    {
        var file = Path.Combine(Of(dataDirectory), TimelineHistory.FileName(timeline));
        return File.Exists(file) ? TimelineHistory.Parse(timeline, File.ReadAllText(file), layout) : new(timeline, []);
    }

    /// <summary>
    /// The oldest segment from which on everything is there up to the one that is written. Recycled files have names of the future; files
    /// of other timelines count only where they are this one's own past.
    /// </summary>
    /// <returns><see langword="null"/> if not even the one that is written is there.</returns>
    public static long? OldestSegment(IEnumerable<string> names, WalLayout layout, TimelineHistory history, WalPosition current)
    {
        var newest = layout.SegmentOf(current);
        var held = names.Select(layout.Parse).OfType<(long Timeline, long Segment)>()
            .Where(file => file.Segment <= newest && IsPast(file, layout, history)).Select(file => file.Segment).ToHashSet();
        if (!held.Contains(newest))
            return null;
        var oldest = newest;
        while (held.Contains(oldest - 1))
            oldest--;
        return oldest;
    }

    private static bool IsPast((long Timeline, long Segment) file, WalLayout layout, TimelineHistory history) =>
        file.Timeline == history.Timeline || (history.ForkFrom(file.Timeline) is { } fork && file.Segment < layout.SegmentOf(fork));
}
