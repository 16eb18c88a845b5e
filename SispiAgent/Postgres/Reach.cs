namespace SispiAgent.Postgres;

/// <summary>What trying to connect to a server came to, as seen from the outside.</summary>
internal enum Reach
{
    /// <summary>It answers SQL.</summary>
    Accepting,

    /// <summary>It is up and has no connection left (53300).</summary>
    Full,

    /// <summary>It is up and does not accept connections (57P03): starting, stopping, or a standby without hot standby.</summary>
    NotAccepting,

    /// <summary>Nothing listens on the port; the host is there.</summary>
    Refusing,

    /// <summary>The port accepts, then there is silence: a frozen server.</summary>
    NotAnswering,

    /// <summary>The host can't be reached, or nothing of it answers.</summary>
    Unreachable,

    /// <summary>The host's name is not known.</summary>
    UnknownHost,

    /// <summary>The server is up, the agent's password is wrong or missing (28P01).</summary>
    BadCredentials,

    /// <summary>The server is up and does not let the agent in: <c>pg_hba.conf</c>, role or database (28000, 3D000).</summary>
    AccessRefused,

    /// <summary>Something answers that is not PostgreSQL, or that hangs up at once.</summary>
    NotPostgres,

    /// <summary>The server is up and reported another error while it was asked.</summary>
    Failing,
}
