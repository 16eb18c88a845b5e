using System.ComponentModel.DataAnnotations;

namespace SispiAgent.Cluster;

/// <summary>One entry of <c>Cluster:Nodes</c>.</summary>
internal sealed class NodeOptions : IValidatableObject
{
    /// <summary>What the node is.</summary>
    [Required]
    public NodeKind? Kind { get; set; }

    /// <summary>The name or address under which the other hosts reach it. Empty: the node's own name.</summary>
    public string Address { get; set; } = "";

    /// <summary>PostgreSQL's TCP port, 1 to 65535.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 5442;

    /// <summary>PostgreSQL's data directory on that host (<c>PGDATA</c>). Needed for a database server.</summary>
    public string DataDirectory { get; set; } = "";

    /// <summary>The directory of PostgreSQL's unix socket, for the agent on that host. Empty: TCP to <see cref="Address"/>.</summary>
    public string SocketDirectory { get; set; } = "";

    /// <summary>The directory that holds backup sets, as <c>ORIGIN/UTC</c>. Needed for a database server.</summary>
    public string BackupDirectory { get; set; } = "";

    /// <summary>The port of the host's sshd, 1 to 65535.</summary>
    [Range(1, 65535)]
    public int SshPort { get; set; } = 22;

    /// <summary>The user under which the agent runs there, and to whom its peers log in. Empty: <c>postgres</c>, on a web host <c>codemanager</c>.</summary>
    public string SshUser { get; set; } = "";

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Kind is not NodeKind.Database)
            yield break;
        foreach (var (key, path) in new[] { (nameof(DataDirectory), DataDirectory), (nameof(BackupDirectory), BackupDirectory) })
        {
            if (!Path.IsPathRooted(path))
                yield return new ValidationResult(path.Length == 0 ? "is missing; a database server has one, as an absolute path." : $"\"{path}\" is no absolute path; begin it with /.", [key]);
        }

        if (SocketDirectory.Length > 0 && !Path.IsPathRooted(SocketDirectory))
            yield return new ValidationResult($"\"{SocketDirectory}\" is no absolute path; begin it with /, or leave it empty for TCP.", [nameof(SocketDirectory)]);
    }
}
