namespace SispiAgent.Platform;

/// <summary>The libpq password file, with libpq's rule: one that others can read is ignored (PostgreSQL manual, "The Password File").</summary>
internal static class PassFile
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>What is wrong with the file in force; <see langword="null"/> if nothing is, or if none is configured and none is there.</summary>
    /// <param name="configured"><c>Postgres:PassFile</c>; empty: <c>PGPASSFILE</c>, else <c>~/.pgpass</c>.</param>
    public static string? Problem(string configured)
    {
        var named = configured.Length > 0 ? configured : Environment.GetEnvironmentVariable("PGPASSFILE") ?? "";
        var path = named.Length > 0 ? named : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".pgpass");
        if (!File.Exists(path))
            return named.Length > 0 ? $"the pass file {path} is not there" : null;
        if (OperatingSystem.IsWindows())
            return null;
        var mode = File.GetUnixFileMode(path);
        if ((mode & Others) != 0)
            return $"the pass file {path} is ignored: its mode is {Convert.ToString((int)mode, 8).PadLeft(4, '0')}; chmod 600 {path}";
        return CanRead(path) ? null : $"the pass file {path} is not for {Environment.UserName} to read";
    }

    private static bool CanRead(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
