namespace SispiAgent.BackupSets;

/// <summary>What becomes of one set.</summary>
/// <param name="Id">The set.</param>
/// <param name="IsKept">Whether it stays.</param>
/// <param name="Reason">Why.</param>
internal sealed record Retention(string Id, bool IsKept, string Reason)
{
    /// <summary>The newer set that makes it dispensable; <see langword="null"/> for one that stays.</summary>
    public string? Replacement { get; init; }
}
