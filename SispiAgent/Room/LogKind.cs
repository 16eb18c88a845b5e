namespace SispiAgent.Room;

/// <summary>What a line of the server's log is about, as far as the agent cares.</summary>
internal enum LogKind
{
    /// <summary>The server, or all its sessions, went down.</summary>
    Panic,

    /// <summary>Data on disk is damaged.</summary>
    Corruption,

    /// <summary>A session ended or was not let in.</summary>
    Fatal,
}

/// <summary>A line of the server's log.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="File">The file.</param>
/// <param name="Line">The line, cut.</param>
/// <param name="SeenAt">When the agent read it, UTC: lines have no time of their own up to 9.6.</param>
internal sealed record LogLine(LogKind Kind, string File, string Line, DateTimeOffset SeenAt);
