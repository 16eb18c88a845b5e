using System.ComponentModel.DataAnnotations;

namespace SispiAgent.Postgres;

/// <summary>Section <c>Postgres</c>: how the agent talks to the servers. Passwords are in the pass file only.</summary>
internal sealed class PostgresOptions
{
    /// <summary>The section's key.</summary>
    public const string Section = "Postgres";

    /// <summary>The role for the own host's server, by its unix socket.</summary>
    [Required]
    public string LocalUser { get; set; } = "postgres";

    /// <summary>The role for other hosts' servers, over TCP.</summary>
    [Required]
    public string RemoteUser { get; set; } = "dbadmin";

    /// <summary>The database that probes connect to.</summary>
    [Required]
    public string Database { get; set; } = "postgres";

    /// <summary>The libpq password file, 0600. Empty: <c>PGPASSFILE</c>, else <c>~/.pgpass</c>.</summary>
    public string PassFile { get; set; } = "";

    /// <summary>The folder of PostgreSQL's own tools. Empty: the usual places, by the server's major version.</summary>
    public string BinDirectory { get; set; } = "";

    /// <summary>How long a probe waits for a connection: 1 s to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a probe waits for an answer: 1 s to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
