using System.Globalization;

namespace SispiAgent.Postgres;

/// <summary>The file <c>postmaster.pid</c>: three lines in 9.0, seven from 9.1, eight from 10 (src/include/utils/pidfile.h).</summary>
/// <param name="ProcessId">The postmaster's process.</param>
/// <param name="Status">From 10 on: <c>starting</c>, <c>stopping</c>, <c>ready</c>, or <c>standby</c> for one that is up and not hot; else <see langword="null"/>.</param>
internal sealed record PostmasterPidFile(int ProcessId, string? Status)
{
    /// <summary>The status of a standby that is up and, since hot_standby is off, lets nobody in until it is promoted.</summary>
    public const string WarmStandby = "standby";

    /// <summary>Reads the file's lines.</summary>
    /// <returns><see langword="null"/> if the first line is no process id: the file is being written.</returns>
    public static PostmasterPidFile? Parse(IReadOnlyList<string> lines) =>
        lines.Count > 0 && int.TryParse(lines[0].Trim().TrimStart('-'), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? new(id, lines.Count > 7 && lines[7].Trim() is { Length: > 0 } status ? status : null)
            : null;

    /// <summary>Reads the file of a data directory.</summary>
    /// <returns><see langword="null"/> if there is none.</returns>
    /// <exception cref="UnauthorizedAccessException">The data directory belongs to another user.</exception>
    public static PostmasterPidFile? Read(string dataDirectory)
    {
        try
        {
            return Parse(File.ReadAllLines(Path.Combine(dataDirectory, "postmaster.pid")));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
