namespace SispiAgent.Room;

/// <summary>What kind of thing keeps vacuum from removing dead rows.</summary>
internal enum HolderKind
{
    /// <summary>A prepared transaction that nobody finished.</summary>
    Prepared,

    /// <summary>A session that opened a transaction and does nothing.</summary>
    Idle,

    /// <summary>A session that works with an old snapshot.</summary>
    Snapshot,

    /// <summary>A standby's slot that is in use: a query there needs the rows.</summary>
    PhysicalSlot,

    /// <summary>A subscriber's slot that is in use.</summary>
    LogicalSlot,

    /// <summary>A standby's slot that nobody uses.</summary>
    UnusedPhysicalSlot,

    /// <summary>A subscriber's slot that nobody uses.</summary>
    UnusedLogicalSlot,

    /// <summary>A standby's feedback: a query there needs the rows.</summary>
    Feedback,
}

/// <summary>Something that keeps vacuum from removing dead rows.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">The transaction's, slot's, session's or standby's name.</param>
/// <param name="Description">Whose it is and where.</param>
/// <param name="Since">Since how many seconds; <see langword="null"/> if that has no meaning or may not be seen.</param>
/// <param name="Transactions">How many transactions it holds back; <see langword="null"/> if none or unknown.</param>
internal sealed record VacuumHolder(HolderKind Kind, string Name, string Description, double? Since, long? Transactions)
{
    /// <summary>A session's process; <see langword="null"/> for what is none.</summary>
    public long? Process { get; init; }
}
