using System.Globalization;

namespace SispiAgent.BackupSets;

/// <summary>The name of a set's folder: the moment of its beginning in UTC, <c>20261129T140200Z</c>.</summary>
internal static class SetName
{
    /// <summary>What a folder is called until its set is complete and verified.</summary>
    public const string Partial = ".partial";

    /// <summary>The file in such a folder by which the agent knows its own.</summary>
    public const string Mark = ".sispi-agent";

    private const string Format = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>The name for a moment.</summary>
    public static string For(DateTimeOffset moment) => moment.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>The moment of a name; <see langword="null"/> if it is no set's name.</summary>
    public static DateTimeOffset? TryParse(string name) =>
        DateTimeOffset.TryParseExact(name, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment) ? moment : null;
}
