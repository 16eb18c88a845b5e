namespace SispiAgent.Configuration;

/// <summary>One thing that is wrong with the configuration.</summary>
/// <param name="Key">The key as <c>Section:Key</c>, or the file.</param>
/// <param name="Problem">What is wrong with it.</param>
/// <param name="Remedy">What would be right.</param>
internal sealed record ConfigurationError(string Key, string Problem, string Remedy)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Key}: {Problem} {Remedy}".TrimEnd();
}
