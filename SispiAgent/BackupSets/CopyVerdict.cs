namespace SispiAgent.BackupSets;

/// <summary>What <c>peer verify</c> is asked.</summary>
/// <param name="Origin">The node that dumped the set.</param>
/// <param name="Name">The set's name.</param>
internal sealed record CopyQuestion(string Origin, string Name)
{
    /// <summary>Whether it is only asked if the copy is there already; else the sender has sent it whole.</summary>
    public bool IsLook { get; init; }
}

/// <summary>What <c>peer verify</c> answers.</summary>
/// <param name="Schema">The format's number, 1.</param>
/// <param name="Origin">The node that dumped the set.</param>
/// <param name="Name">The set's name.</param>
/// <param name="IsGood">Whether the copy is there under its final name and every hash matches.</param>
/// <param name="ManifestSha256">The hash of its manifest: that it is this very set.</param>
/// <param name="Problems">What is wrong.</param>
internal sealed record CopyVerdict(int Schema, string Origin, string Name, bool IsGood, string ManifestSha256, IReadOnlyList<string> Problems)
{
    /// <summary>The number of the format that this agent writes and reads.</summary>
    public const int CurrentSchema = 1;
}
