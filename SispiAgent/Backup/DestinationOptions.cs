using System.ComponentModel.DataAnnotations;

namespace SispiAgent.Backup;

/// <summary>A host of <c>Backup:Destinations</c>: it has no agent, and gets a copy of every set of this site by rsync over ssh. What is kept there is decided there.</summary>
internal sealed class DestinationOptions
{
    /// <summary>Its name or address.</summary>
    [Required]
    public string Address { get; set; } = "";

    /// <summary>The port of its sshd: 1 to 65535.</summary>
    [Range(1, 65535)]
    public int SshPort { get; set; } = 22;

    /// <summary>Whom to log in to there.</summary>
    [Required]
    public string SshUser { get; set; } = "";

    /// <summary>The folder there; the sets lie in it as here, by origin. Empty: where the login ends, with <c>rrsync</c> the folder that it allows.</summary>
    public string Directory { get; set; } = "";

    /// <summary>The private key; empty: this host's own copy key (<c>sispi-agent peer setup</c>).</summary>
    public string IdentityFile { get; set; } = "";

    /// <summary>The file with its host key; empty: the agent's own known_hosts.</summary>
    public string KnownHostsFile { get; set; } = "";

    /// <summary>The limit of the bandwidth in KiB/s: 0 (none) to 100000000.</summary>
    [Range(0, 100_000_000)]
    public int KilobytesPerSecond { get; set; }

    /// <summary>Whether an own set is kept here until it was proven there.</summary>
    public bool Required { get; set; }

    /// <summary>The major version of the newest pg_restore there, for the choice of compression: 9 to 99; 0: unknown.</summary>
    [Range(0, 99)]
    public int PgRestore { get; set; }
}
