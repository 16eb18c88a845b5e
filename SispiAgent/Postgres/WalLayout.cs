using System.Globalization;

namespace SispiAgent.Postgres;

/// <summary>How a server's WAL is cut into segment files. Up to 9.2 the 256th of each log file is never used (release notes of 9.3).</summary>
/// <param name="Version">The server's version.</param>
/// <param name="SegmentBytes">A segment's size: 16 MB, unless initdb was told otherwise (11 and later).</param>
internal sealed record WalLayout(int Version, long SegmentBytes)
{
    /// <summary>The size of nearly every cluster's segments.</summary>
    public const long UsualSegmentBytes = 16 << 20;

    private const int NameLength = 24;

    /// <summary>The segment that holds a position, counted from the beginning of all WAL.</summary>
    public long SegmentOf(WalPosition position) => position.ToBytes(Version) / SegmentBytes;

    /// <summary>Where a segment begins.</summary>
    public WalPosition StartOf(long segment) => WalPosition.FromBytes(segment * SegmentBytes, Version);

    /// <summary>The file of a segment.</summary>
    public string FileName(long timeline, long segment)
    {
        var start = StartOf(segment);
        return string.Create(CultureInfo.InvariantCulture, $"{timeline:X8}{start.High:X8}{start.Low / SegmentBytes:X8}");
    }

    /// <summary>What a file's name says: timeline and segment. <see langword="null"/> for a file that is no segment (history, backup label, <c>.partial</c>).</summary>
    public (long Timeline, long Segment)? Parse(string name)
    {
        if (name.Length != NameLength || !name.All(char.IsAsciiHexDigit))
            return null;
        var (timeline, log, part) = (Hex(name[..8]), Hex(name[8..16]), Hex(name[16..]));
        var low = part * SegmentBytes;
        return low > uint.MaxValue ? null : (timeline, SegmentOf(new WalPosition((uint)log, (uint)low)));
    }

    private static long Hex(string text) => long.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
