namespace SispiAgent.Cluster;

/// <summary>A host of the site.</summary>
/// <param name="Name">Its name in <c>Cluster:Nodes</c>, as mails and folders use it.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Address">Under which name or address the others reach it.</param>
/// <param name="Port">PostgreSQL's port.</param>
internal sealed record Node(string Name, NodeKind Kind, string Address, int Port)
{
    /// <summary>PostgreSQL's data directory; empty where there is none.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The directory of PostgreSQL's unix socket; empty: TCP.</summary>
    public required string SocketDirectory { get; init; }

    /// <summary>Where backup sets are kept; empty where none are.</summary>
    public required string BackupDirectory { get; init; }

    /// <summary>The port of its sshd.</summary>
    public required int SshPort { get; init; }

    /// <summary>The user to whom peers log in.</summary>
    public required string SshUser { get; init; }

    /// <summary>Whether PostgreSQL runs there.</summary>
    public bool HasPostgres => Kind is not NodeKind.Web;

    /// <summary>Whether an agent runs there.</summary>
    public bool HasAgent => Kind is not NodeKind.Mirror;
}
