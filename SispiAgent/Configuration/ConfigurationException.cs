namespace SispiAgent.Configuration;

/// <summary>The configuration is not valid; the start is refused with every error at once (exit code 2).</summary>
/// <param name="file">The file.</param>
/// <param name="errors">Everything that is wrong with it.</param>
internal sealed class ConfigurationException(string file, IReadOnlyList<ConfigurationError> errors)
    : Exception($"{file} has {errors.Count} error{(errors.Count == 1 ? "" : "s")}: {string.Join(" · ", errors)}")
{
    /// <summary>The file.</summary>
    public string File { get; } = file;

    /// <summary>Everything that is wrong, in the order of the file.</summary>
    public IReadOnlyList<ConfigurationError> Errors { get; } = errors;
}
