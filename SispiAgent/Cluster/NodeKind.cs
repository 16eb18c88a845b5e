namespace SispiAgent.Cluster;

/// <summary>What a node is. Which database server is the primary is never configured: it is read from the servers, every time.</summary>
internal enum NodeKind
{
    /// <summary>A PostgreSQL server with an agent beside it.</summary>
    Database,

    /// <summary>A streaming copy elsewhere, without an agent.</summary>
    Mirror,

    /// <summary>The host of the web viewers, with an agent and no PostgreSQL.</summary>
    Web,
}
