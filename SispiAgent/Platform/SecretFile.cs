namespace SispiAgent.Platform;

/// <summary>A file that holds a secret and that nobody but its owner may read.</summary>
internal static class SecretFile
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Reads the secret, without the line end behind it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">The configuration key that names it, for the error.</param>
    /// <exception cref="AgentException">It can't be read, or others can read it.</exception>
    public static string Read(string path, string key)
    {
        if (!File.Exists(path))
            throw new AgentException($"{key} names {path}, which is not there.", $"Write the password into it: install -m 600 /dev/stdin {path}");
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
            throw new AgentException($"{path} ({key}) can be read by others.", $"chmod 600 {path}, and change the password.");
        try
        {
            return File.ReadAllText(path).TrimEnd('\r', '\n');
        }
        catch (UnauthorizedAccessException e)
        {
            throw new AgentException($"{path} ({key}) can't be read by {Environment.UserName}.", "Give it to the agent's user.", e);
        }
    }
}
