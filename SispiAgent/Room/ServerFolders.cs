using SispiAgent.Cluster;
using SispiAgent.Postgres;

namespace SispiAgent.Room;

/// <summary>The folders of this host's server that fill up, found without SQL, so that a server that is down for want of space is looked at too.</summary>
internal static class ServerFolders
{
    private static readonly string[] WalFolders = ["pg_wal", "pg_xlog"];

    /// <summary>What each is for, and where: data, WAL, log, tablespaces, backups.</summary>
    /// <exception cref="UnauthorizedAccessException">The data directory belongs to another user.</exception>
    public static IReadOnlyList<(string Purpose, string Folder)> Of(Node node)
    {
        var data = node.DataDirectory;
        List<(string, string)> folders = [("data", data), ("log", LogFolder(data))];
        folders.AddRange(WalFolders.Select(name => ("WAL", Path.Combine(data, name))));
        if (Path.Combine(data, "pg_tblspc") is var links && Directory.Exists(links))
            folders.AddRange(Directory.EnumerateFileSystemEntries(links).Select(link => ($"tablespace {Path.GetFileName(link)}", link)));
        if (node.BackupDirectory.Length > 0)
            folders.Add((VolumeReader.Backups, node.BackupDirectory));
        return [.. folders.Where(entry => Directory.Exists(entry.Item2)).Select(entry => (entry.Item1, Path.GetFullPath(new DirectoryInfo(entry.Item2).ResolveLinkTarget(true)?.FullName ?? entry.Item2)))];
    }

    /// <summary>Where the server's log is, as its files say; 10 and later: <c>log</c>, before: <c>pg_log</c>.</summary>
    public static string LogFolder(string dataDirectory)
    {
        var settings = Settings(dataDirectory);
        return Path.Combine(dataDirectory, settings.GetValueOrDefault("log_directory") ?? (Directory.Exists(Path.Combine(dataDirectory, "log")) ? "log" : "pg_log"));
    }

    /// <summary><c>log_filename</c>, as its files say; else what it is when nobody sets it.</summary>
    public static string LogFileName(string dataDirectory) => Settings(dataDirectory).GetValueOrDefault("log_filename") ?? "postgresql-%Y-%m-%d_%H%M%S.log";

    private static IReadOnlyDictionary<string, string> Settings(string dataDirectory)
    {
        var file = Path.Combine(dataDirectory, "postgresql.conf");
        return File.Exists(file) ? SettingsFile.Read(file, dataDirectory) : new Dictionary<string, string>(); // Debian keeps it elsewhere
    }
}
