namespace SispiAgent.Room;

/// <summary>What a running server says of its log.</summary>
/// <param name="IsCollected">Whether it writes its log into files (<c>logging_collector</c>).</param>
/// <param name="FileName"><c>log_filename</c>.</param>
/// <param name="Directory"><c>log_directory</c>; empty if the role may not see it.</param>
/// <param name="StartedAt">When it was started, UTC.</param>
internal sealed record LogSettings(bool IsCollected, string FileName, string Directory, DateTimeOffset StartedAt)
{
    private const string Query = """
        SELECT current_setting('logging_collector') = 'on', current_setting('log_filename'), (SELECT setting FROM pg_settings WHERE name = 'log_directory'),
            (extract(epoch FROM pg_postmaster_start_time()) * 1000)::bigint
        """;

    /// <summary>Asks it.</summary>
    public static async Task<LogSettings> ReadAsync(OwnConnection own, CancellationToken cancellationToken) =>
        (await own.ReadAsync(Query, row => new LogSettings(row.GetBoolean(0), row.GetString(1), row.Text(2), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3))), cancellationToken))[0];

    /// <summary>Where its log is; what it does not say, its files do.</summary>
    public string Folder(string dataDirectory) => Directory.Length > 0 ? Path.Combine(dataDirectory, Directory) : ServerFolders.LogFolder(dataDirectory);
}
