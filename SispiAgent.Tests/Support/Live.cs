using SispiAgent.Configuration;

namespace SispiAgent.Tests.Support;

/// <summary>Options in force, for tests that need no file.</summary>
internal static class Live
{
    public static LiveConfiguration Configuration(params object[] sections) => new(new ConfigurationSnapshot(sections.ToDictionary(section => section.GetType()), "hash"));

    public static LiveOptions<TOptions> Options<TOptions>(TOptions options) where TOptions : class => new(Configuration(options));
}
