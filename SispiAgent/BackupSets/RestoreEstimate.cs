namespace SispiAgent.BackupSets;

/// <summary>How long a restore will take, as far as the newest passed drills of the cluster tell: their rates, and so much there is to do now. Pure.</summary>
internal sealed class RestoreEstimate
{
    /// <summary>So many of the newest drills are asked.</summary>
    public const int MostDrills = 3;

    private readonly long _bytes, _fileBytes;

    private RestoreEstimate(long bytes, long fileBytes, IReadOnlyList<DrillResult> drills) => (_bytes, _fileBytes, Drills) = (bytes, fileBytes, drills);

    /// <summary>The drills that it comes from, the newest first.</summary>
    public IReadOnlyList<DrillResult> Drills { get; }

    /// <summary>The look at the hashes of the set's files.</summary>
    public TimeSpan Check => Scaled(_fileBytes, drill => (drill.FileBytes, drill.Checked));

    /// <summary>The restore itself.</summary>
    public TimeSpan Restore => Scaled(_bytes, drill => (drill.Bytes, drill.Restored));

    /// <summary>The comparison with the manifest.</summary>
    public TimeSpan Comparison => Scaled(_bytes, drill => (drill.Bytes, drill.Compared));

    /// <summary>All of it.</summary>
    public TimeSpan Total => Check + Restore + Comparison;

    /// <summary>How much a second the drills restored.</summary>
    public long BytesASecond => (long)(Drills.Sum(drill => drill.Bytes) / Drills.Sum(drill => drill.Restored.TotalSeconds));

    /// <summary>Estimates.</summary>
    /// <param name="bytes">How large that which is restored was on the server.</param>
    /// <param name="fileBytes">How large the set's files are, all of which are checked.</param>
    /// <param name="systemIdentifier">The set's cluster.</param>
    /// <param name="drills">Drills, in any order; those that do not count are left out here.</param>
    /// <returns><see langword="null"/>: no drill tells anything.</returns>
    public static RestoreEstimate? Of(long bytes, long fileBytes, string systemIdentifier, IEnumerable<DrillResult> drills)
    {
        DrillResult[] telling =
        [
            .. drills.Where(drill => drill.Verdict is DrillVerdict.Passed && drill.SystemIdentifier == systemIdentifier && drill.Bytes > 0 && drill.Restored > TimeSpan.Zero).OrderByDescending(drill => drill.Began).Take(MostDrills),
        ];
        return telling.Length == 0 ? null : new(bytes, fileBytes, telling);
    }

    /// <summary>What a step takes of one session: by the same step of the newest drill that had it, else by the rate of its phase.</summary>
    /// <param name="step">The step; its time is not looked at.</param>
    /// <returns><see langword="null"/> where nothing like it was measured.</returns>
    public TimeSpan? Step(StepTime step)
    {
        if (step.Phase is RestorePhase.Check)
            return Check;
        if (Drills.SelectMany(drill => drill.Steps).FirstOrDefault(one => (one.Phase, one.Database, one.File) == (step.Phase, step.Database, step.File) && one.Bytes > 0 == step.Bytes > 0) is { } same)
            return same.Bytes > 0 ? same.Took * ((double)step.Bytes / same.Bytes) : same.Took;
        StepTime[] alike = [.. Drills.SelectMany(drill => drill.Steps).Where(one => one.Phase == step.Phase && one.Bytes > 0 == step.Bytes > 0)];
        if (alike.Length == 0)
            return null;
        var took = DrillRates.Sum(alike.Select(one => one.Took));
        return step.Bytes > 0 ? took * ((double)step.Bytes / alike.Sum(one => one.Bytes)) : took / alike.Length;
    }

    private TimeSpan Scaled(long size, Func<DrillResult, (long Size, TimeSpan Took)> measure)
    {
        (long Size, TimeSpan Took)[] measured = [.. Drills.Select(measure).Where(one => one.Size > 0)];
        return measured.Length == 0 ? TimeSpan.Zero : DrillRates.Sum(measured.Select(one => one.Took)) * ((double)size / measured.Sum(one => one.Size));
    }
}
