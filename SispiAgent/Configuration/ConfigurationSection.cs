namespace SispiAgent.Configuration;

/// <summary>One top-level section of <c>appsettings.json</c>.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Options">The class that holds it.</param>
internal sealed record ConfigurationSection(string Name, Type Options)
{
    /// <summary>A section held by <typeparamref name="TOptions"/>.</summary>
    public static ConfigurationSection Of<TOptions>(string name) where TOptions : class, new() => new(name, typeof(TOptions));
}
