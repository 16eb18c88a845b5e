namespace SispiAgent.Findings;

/// <summary>What a look could not judge this time, since it could not see it or has to ask again first: an alert of it that is open stays as it is. It raises nothing.</summary>
/// <param name="Subject">A node's name, which stands for everything of it, or <c>node/object</c>.</param>
/// <param name="Code">The kind of finding; <see langword="null"/>: every kind.</param>
internal sealed record Unseen(string Subject, FindingCode? Code = null)
{
    /// <summary>Whether a finding is of it.</summary>
    public bool Covers(Finding finding) => (Code is null || Code == finding.Code)
        && (finding.Subject.Equals(Subject, StringComparison.OrdinalIgnoreCase) || finding.Subject.StartsWith(Subject + "/", StringComparison.OrdinalIgnoreCase));
}
