namespace SispiAgent.BackupSets;

/// <summary>What is to be known of a set to decide whether it is kept.</summary>
/// <param name="Id">Its name with its origin.</param>
/// <param name="Time">When it was begun, UTC.</param>
/// <param name="SystemIdentifier">Of which cluster it is.</param>
/// <param name="IsVerified">Whether its files were last seen as they were written.</param>
/// <param name="IsOwn">Whether this host dumped it; else it is itself a copy.</param>
/// <param name="IsCopyProven">Whether the other hosts that have to were seen to have it.</param>
/// <param name="IsFromFormerPrimary">Whether the role changed while it was dumped.</param>
internal sealed record RetainedSet(string Id, DateTimeOffset Time, string SystemIdentifier, bool IsVerified, bool IsOwn, bool IsCopyProven, bool IsFromFormerPrimary)
{
    /// <summary>Why somebody wants it kept for ever; <see langword="null"/>: nobody does.</summary>
    public string? Pin { get; init; }

    /// <summary>Who reads it now, a restore or a drill; <see langword="null"/>: nobody does.</summary>
    public string? Holder { get; init; }

    /// <summary>Whether it is, or was when it was last seen, on two hosts: a copy came whole from the host that dumped it.</summary>
    public bool IsOnTwoHosts => !IsOwn || IsCopyProven;
}
