namespace SispiAgent.Configuration;

/// <summary>One valid configuration, whole: every section of one file at one moment.</summary>
/// <param name="sections">The options objects by their type.</param>
/// <param name="hash">SHA-256 of the file's sections without <c>Agent</c>: equal on every host that runs the same site.</param>
internal sealed class ConfigurationSnapshot(IReadOnlyDictionary<Type, object> sections, string hash)
{
    /// <summary>Tells whether two hosts run the same site configuration.</summary>
    public string Hash { get; } = hash;

    /// <summary>The section held by <typeparamref name="TOptions"/>.</summary>
    /// <exception cref="KeyNotFoundException">No such section is known: a programming error.</exception>
    public TOptions Get<TOptions>() where TOptions : class => (TOptions)sections[typeof(TOptions)];
}
