namespace SispiAgent.Postgres;

/// <summary>What a server that runs is about, as its own host shows it: 57P03 alone says none of it.</summary>
internal enum Standing
{
    /// <summary>The host shows neither.</summary>
    Unknown,

    /// <summary>It starts: crash recovery, or a standby that is not yet consistent.</summary>
    Starting,

    /// <summary>It has been told to stop and waits for something.</summary>
    Stopping,

    /// <summary>It accepts connections, or will in a moment.</summary>
    Ready,

    /// <summary>A standby without hot standby that replays: it never answers SQL, and is well.</summary>
    WarmStandby,
}
