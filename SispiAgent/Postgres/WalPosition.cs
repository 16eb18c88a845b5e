using System.Globalization;

namespace SispiAgent.Postgres;

/// <summary>A position in the WAL (LSN), as PostgreSQL prints it: <c>16/B374D848</c>.</summary>
/// <param name="High">The part before the slash.</param>
/// <param name="Low">The part behind it.</param>
internal readonly record struct WalPosition(uint High, uint Low)
{
    /// <summary>Reads a position.</summary>
    /// <returns><see langword="null"/> if the text is none, or the invalid position <c>0/0</c>.</returns>
    public static WalPosition? TryParse(string? text)
    {
        var parts = (text ?? "").Split('/');
        return parts.Length == 2 && uint.TryParse(parts[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var high)
            && uint.TryParse(parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var low) && (high, low) != (0, 0)
            ? new WalPosition(high, low)
            : null;
    }

    /// <summary>How many bytes of WAL lie between an earlier position and this one; negative if it is later.</summary>
    /// <param name="earlier">The other position.</param>
    /// <param name="version">The server's version: up to 9.2 the last segment of each 4 GB log file is never used (release notes of 9.3).</param>
    public long BytesSince(WalPosition earlier, int version) => ToBytes(version) - earlier.ToBytes(version);

    /// <summary>The position as a number of bytes since the beginning of all WAL, with which one can calculate.</summary>
    public long ToBytes(int version) => (High * LogFile(version)) + Low;

    /// <summary>The position of a number of bytes.</summary>
    public static WalPosition FromBytes(long bytes, int version) => new((uint)(bytes / LogFile(version)), (uint)(bytes % LogFile(version)));

    /// <inheritdoc/>
    public override string ToString() => $"{High:X}/{Low:X}";

    private static long LogFile(int version) => version < 90300 ? 0xFF000000L : 0x1_0000_0000L;
}
