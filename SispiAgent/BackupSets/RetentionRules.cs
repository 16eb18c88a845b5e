namespace SispiAgent.BackupSets;

/// <summary>How long sets are kept.</summary>
/// <param name="Last">So many of the newest.</param>
/// <param name="Within">All that are younger.</param>
/// <param name="Monthly">The newest of each month, for so many months that have one.</param>
/// <param name="AtLeast">Never fewer than this, and where copies are required never fewer than this on two hosts.</param>
/// <param name="CopyRequired">Whether an own set is kept until another host has it.</param>
internal sealed record RetentionRules(int Last, TimeSpan Within, int Monthly, int AtLeast, bool CopyRequired)
{
    /// <summary>The zone of the months.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;
}
