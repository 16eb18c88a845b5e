namespace SispiAgent.Configuration;

/// <summary>One valid configuration, whole: every section of one file at one moment.</summary>
/// <param name="sections">The options objects by their type.</param>
/// <param name="hash">SHA-256 of the effective values without section <c>Agent</c>: equal on every host that runs the same site.</param>
/// <param name="effective">The effective values as JSON.</param>
/// <param name="overrides">Which values came from the environment, a sentence each.</param>
internal sealed class ConfigurationSnapshot(IReadOnlyDictionary<Type, object> sections, string hash, string effective = "{}", IReadOnlyList<string>? overrides = null)
{
    /// <summary>Tells whether two hosts run the same site configuration.</summary>
    public string Hash { get; } = hash;

    /// <summary>Every value in force, defaults too, as JSON. There is no secret in it.</summary>
    public string Effective { get; } = effective;

    /// <summary>Which values came from the environment, a sentence each.</summary>
    public IReadOnlyList<string> Overrides { get; } = overrides ?? [];

    /// <summary>The section held by <typeparamref name="TOptions"/>.</summary>
    /// <exception cref="KeyNotFoundException">No such section is known: a programming error.</exception>
    public TOptions Get<TOptions>() where TOptions : class => (TOptions)sections[typeof(TOptions)];
}
