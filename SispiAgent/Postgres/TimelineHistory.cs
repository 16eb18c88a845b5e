using System.Globalization;

namespace SispiAgent.Postgres;

/// <summary>A timeline's ancestor, and up to where it is one.</summary>
/// <param name="Timeline">The ancestor.</param>
/// <param name="Fork">Where the next timeline leaves it. Up to 9.2 the file names only the segment: then its beginning.</param>
internal sealed record TimelineFork(long Timeline, WalPosition Fork);

/// <summary>
/// From which timelines one descends (the file <c>0000000N.history</c>). The only proof of which of two servers the other has left behind:
/// two promotions of one cluster can both be timeline 2.
/// </summary>
/// <param name="Timeline">The timeline itself.</param>
/// <param name="Ancestors">Its ancestors, oldest first; none for timeline 1.</param>
internal sealed record TimelineHistory(long Timeline, IReadOnlyList<TimelineFork> Ancestors)
{
    /// <summary>This, or <see langword="null"/> if it is a later timeline's without ancestors: its file was not there, and nothing is known of it.</summary>
    public TimelineHistory? Known => this is { Timeline: > 1, Ancestors.Count: 0 } ? null : this;

    /// <summary>The name of a timeline's file. Timeline 1 has none.</summary>
    public static string FileName(long timeline) => string.Create(CultureInfo.InvariantCulture, $"{timeline:X8}.history");

    /// <summary>Reads a history file: a line for each ancestor, its end as a position, up to 9.2 as a segment's name, and the reason.</summary>
    public static TimelineHistory Parse(long timeline, string text, WalLayout layout)
    {
        List<TimelineFork> ancestors = [];
        foreach (var line in text.Split('\n'))
        {
            string[] fields = line.Split('#')[0].Split((char[])[' ', '\t'], 3, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 2 || !long.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ancestor))
                continue;
            if (WalPosition.TryParse(fields[1]) is { } fork)
                ancestors.Add(new(ancestor, fork));
            else if (layout.Parse(fields[1]) is { } segment)
                ancestors.Add(new(ancestor, layout.StartOf(segment.Segment)));
        }

        return new(timeline, ancestors);
    }

    /// <summary>Where this history leaves a timeline; <see langword="null"/> if that is none of its ancestors.</summary>
    public WalPosition? ForkFrom(long timeline) => Ancestors.FirstOrDefault(ancestor => ancestor.Timeline == timeline)?.Fork;

    /// <summary>Whether a server at a position of a timeline can go on along this history: nothing of it lies behind the fork.</summary>
    public bool Contains(long timeline, WalPosition position, int version) =>
        timeline == Timeline || (ForkFrom(timeline) is { } fork && position.BytesSince(fork, version) <= 0);
}
