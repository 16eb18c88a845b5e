namespace SispiAgent.Peers;

/// <summary>Where rsync sends to, over ssh.</summary>
/// <param name="Name">As messages call it.</param>
/// <param name="User">Whom to log in to.</param>
/// <param name="Address">The host.</param>
/// <param name="SshPort">The port of its sshd.</param>
/// <param name="Key">The private key.</param>
/// <param name="KnownHosts">The file with its host key.</param>
internal sealed record RsyncTarget(string Name, string User, string Address, int SshPort, string Key, string KnownHosts)
{
    /// <summary>The limit of the bandwidth in KiB/s; 0: none.</summary>
    public int KilobytesPerSecond { get; init; }

    /// <summary>Where the copies lie there, for messages.</summary>
    public string Directory { get; init; } = "";

    /// <summary>What to do when it lets nobody in.</summary>
    public string WayHint { get; init; } = "";

    /// <summary>A folder there as rsync names it.</summary>
    public string Path(string folder) => $"{User}@{Address}:{folder}";
}
