namespace SispiAgent.Postgres;

/// <summary>What a server is at present. Never configured: read, every time.</summary>
internal enum ServerRole
{
    /// <summary>It accepts writes.</summary>
    Primary,

    /// <summary>It replays WAL.</summary>
    Standby,
}
