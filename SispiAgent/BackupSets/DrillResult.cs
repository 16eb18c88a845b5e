using System.Text.Json.Serialization;

namespace SispiAgent.BackupSets;

/// <summary>What a drill came to.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DrillVerdict>))]
internal enum DrillVerdict
{
    /// <summary>The set was restored, and everything is as the manifest says.</summary>
    Passed,

    /// <summary>The set is bad.</summary>
    Failed,

    /// <summary>This host can't restore it: nothing is known about the set.</summary>
    Cannot,
}

/// <summary>A drill: a set restored into a throwaway server and compared.</summary>
/// <param name="Set">The set's id.</param>
/// <param name="Began">When it began, UTC.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Verdict">What it came to.</param>
/// <param name="Problems">Why it did not pass, one fact a line.</param>
internal sealed record DrillResult(string Set, DateTimeOffset Began, TimeSpan Took, DrillVerdict Verdict, IReadOnlyList<string> Problems)
{
    /// <summary>What else is to be known.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>How long the restore took, without the comparison.</summary>
    public TimeSpan Restored { get; init; }

    /// <summary>How large the databases were on the server.</summary>
    public long Bytes { get; init; }

    /// <summary>How many tables were compared by rows.</summary>
    public int Tables { get; init; }

    /// <summary>How many of them by content too.</summary>
    public int Digests { get; init; }

    /// <summary>The host that made it.</summary>
    public string Node { get; init; } = "";

    /// <summary>Of which cluster the set is: only its drills say how long a restore of it takes.</summary>
    public string SystemIdentifier { get; init; } = "";

    /// <summary>How many sessions restored at once.</summary>
    public int Sessions { get; init; }

    /// <summary>How large the set's files are.</summary>
    public long FileBytes { get; init; }

    /// <summary>How long the look at the files' hashes took.</summary>
    public TimeSpan Checked { get; init; }

    /// <summary>How long the comparison took.</summary>
    public TimeSpan Compared { get; init; }

    /// <summary>What each step of the restore took.</summary>
    public IReadOnlyList<StepTime> Steps { get; init; } = [];

    /// <summary>When it ended, UTC.</summary>
    [JsonIgnore]
    public DateTimeOffset Ended => Began + Took;
}
