using SispiAgent.Conformance;
using SispiAgent.Postgres;

namespace SispiAgent.Readiness;

/// <summary>What a database host's agent tells of its server for readiness and comparison (<c>peer inspect</c>). It holds no secret.</summary>
/// <param name="Schema">The format's number, 1.</param>
/// <param name="AgentVersion">The agent's version.</param>
/// <param name="Node">The host's name.</param>
/// <param name="At">When it looked, UTC.</param>
/// <param name="Role"><c>primary</c>, <c>standby</c>, or <see langword="null"/>: not known, or down.</param>
/// <param name="Lsn">Where a primary writes; up to where a standby has received.</param>
/// <param name="IsReceiving">On a standby: whether its WAL receiver is connected.</param>
/// <param name="Settings">Its configuration.</param>
/// <param name="Recovery">What it does as a standby.</param>
/// <param name="Passwords">The other servers to which it could connect for replication.</param>
/// <param name="Room">Its backup directory.</param>
/// <param name="Networks">The networks that its host is in.</param>
/// <param name="Clients">Who was seen on it lately, while it was the primary.</param>
/// <param name="Members">Which role is a direct member of which; empty if it answers no SQL.</param>
/// <param name="UsedSenders">How many WAL senders are busy.</param>
internal sealed record Inspection(
    int Schema, string AgentVersion, string Node, DateTimeOffset At, string? Role, string? Lsn, bool? IsReceiving, ServerSettings Settings, RecoveryWords Recovery,
    IReadOnlyList<PasswordWord> Passwords, BackupRoom Room, IReadOnlyList<OwnNetwork> Networks, IReadOnlyList<SeenClient> Clients, IReadOnlyList<RoleMember> Members, int UsedSenders)
{
    /// <summary>The format's number; a newer agent's answer is not guessed at.</summary>
    public const int CurrentSchema = 1;

    /// <summary>Who has them, one a line.</summary>
    public IReadOnlyList<string> Senders { get; init; } = [];

    /// <summary>The process of a WAL receiver that a signal has stopped.</summary>
    public int? FrozenReceiver { get; init; }
}

/// <summary>What a server's files say of its being a standby.</summary>
/// <param name="File"><c>recovery.conf</c>, or from 12 on <c>standby.signal</c>; <see langword="null"/>: it is none.</param>
/// <param name="UpstreamHost">From which host it streams.</param>
/// <param name="UpstreamPort">From which port.</param>
/// <param name="User">As whom.</param>
/// <param name="TriggerFile">The server's own trigger path; <see langword="null"/>: none.</param>
/// <param name="IsTriggerThere">Whether that file lies there.</param>
/// <param name="IsTriggerFolderWritable">Whether its folder is there and the server's user may write to it.</param>
internal sealed record RecoveryWords(string? File, string? UpstreamHost, string? UpstreamPort, string? User, string? TriggerFile, bool IsTriggerThere, bool IsTriggerFolderWritable)
{
    /// <summary>Where its connection string stands: <c>line 7 of /…/postgresql.conf</c>.</summary>
    public string? UpstreamPlace { get; init; }
}

/// <summary>Whether a host has a password for replication from another.</summary>
/// <param name="Node">The other host.</param>
/// <param name="File">The pass file that counts.</param>
/// <param name="Has">Whether it, or the connection string, has one.</param>
/// <param name="Problem">What is wrong with the file itself.</param>
/// <param name="Line">The line that would do, with the word PASSWORD in place of it.</param>
internal sealed record PasswordWord(string Node, string File, bool Has, string? Problem, string Line);

/// <summary>A backup directory.</summary>
/// <param name="Directory">The directory.</param>
/// <param name="IsWritable">Whether it is there and can be written to.</param>
/// <param name="FreeBytes">What is free on its disk.</param>
/// <param name="SetBytes">The size of the newest set; 0 without one.</param>
internal sealed record BackupRoom(string Directory, bool IsWritable, long FreeBytes, long SetBytes);

/// <summary>A client that was connected to the primary.</summary>
/// <param name="Address">From where.</param>
/// <param name="User">As whom.</param>
/// <param name="Database">To which database; empty for replication.</param>
/// <param name="LastSeen">When it was last there, UTC.</param>
internal sealed record SeenClient(string Address, string User, string Database, DateTimeOffset LastSeen);

/// <summary>A direct membership.</summary>
/// <param name="User">The member.</param>
/// <param name="Role">The role.</param>
internal sealed record RoleMember(string User, string Role);
