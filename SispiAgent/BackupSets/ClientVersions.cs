using System.Globalization;
using System.Text.RegularExpressions;

namespace SispiAgent.BackupSets;

/// <summary>
/// Which pg_restore fits a set and a server. Not older than either; and since it writes its own session settings whatever the server is, and each restore ends at the first
/// thing that is refused, not of a version whose settings that server does not know. Versions are major ones, as <see cref="Major"/> has them: 9.6 is 906, 17 is 1700.
/// </summary>
internal static partial class ClientVersions
{
    /// <summary>What pg_restore sets, from the version on that has it, which is also the first server that knows it (_doSetFixedOutputState in pg_backup_archiver.c).</summary>
    private static readonly (int Since, string Setting)[] Settings =
        [(903, "lock_timeout"), (905, "row_security"), (906, "idle_in_transaction_session_timeout"), (1700, "transaction_timeout")];

    /// <summary>Every major version that there is, beyond them one that counts on.</summary>
    private static readonly int[] Majors = [900, 901, 902, 903, 904, 905, 906, .. Enumerable.Range(10, 30).Select(major => major * 100)];

    /// <summary>Whether it fits.</summary>
    /// <param name="program">The program's version.</param>
    /// <param name="lowest">The set's lowest pg_restore.</param>
    /// <param name="server">The server's version.</param>
    public static bool IsFitting(int program, int lowest, int server) => program >= Math.Max(lowest, server) && Refused(program, server) is null;

    /// <summary>A setting that this program writes and this server refuses; <see langword="null"/>: none.</summary>
    public static string? Refused(int program, int server) => Settings.FirstOrDefault(entry => program >= entry.Since && server < entry.Since).Setting;

    /// <summary>The versions that fit, for people: <c>15 or 16</c>; <see langword="null"/>: no version does.</summary>
    public static string? Words(int lowest, int server)
    {
        int[] fitting = [.. Majors.Where(program => IsFitting(program, lowest, server))];
        return fitting.Length switch
        {
            0 => null,
            1 => Words(fitting[0]),
            2 => $"{Words(fitting[0])} or {Words(fitting[1])}",
            _ => fitting[^1] == Majors[^1] ? $"{Words(fitting[0])} or newer" : $"{Words(fitting[0])} to {Words(fitting[^1])}",
        };
    }

    /// <summary>The oldest server, of a set's own version or newer, into which some pg_restore brings it.</summary>
    public static int LowestServer(int lowest, int own) => Majors.First(server => server >= own && Words(lowest, server) is not null);

    /// <summary>One version for people.</summary>
    public static string Words(int version) => version >= 1000 ? (version / 100).ToString(CultureInfo.InvariantCulture) : FormattableString.Invariant($"{version / 100}.{version % 100}");

    /// <summary>A server's version number's major version, 9.6 as 906.</summary>
    public static int Major(int version) => version >= 100000 ? version / 10000 * 100 : version / 100;

    /// <summary>The major version in what a program says of itself, or a manifest: <c>pg_restore (PostgreSQL) 9.6.24</c>, <c>17</c>.</summary>
    public static int Parse(string text)
    {
        if (Number().Match(text) is not { Success: true } match)
            return 0;
        var major = int.Parse(match.Groups["major"].Value, CultureInfo.InvariantCulture);
        return (major * 100) + (major < 10 && match.Groups["minor"] is { Success: true } minor ? int.Parse(minor.Value, CultureInfo.InvariantCulture) : 0);
    }

    [GeneratedRegex(@"(?<major>\d+)(\.(?<minor>\d+))?")]
    private static partial Regex Number();
}
