namespace SispiAgent.Configuration;

/// <summary>A top-level key that another library reads.</summary>
/// <param name="Name">The key.</param>
/// <param name="Check">Everything that is wrong with it, as far as that can be told before that library reads it.</param>
internal sealed record ForeignSection(string Name, Func<ConfigurationNode, IEnumerable<ConfigurationError>> Check);
