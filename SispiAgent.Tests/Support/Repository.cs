using System.Reflection;

namespace SispiAgent.Tests.Support;

/// <summary>The project's own files, which the convention tests read.</summary>
internal static class Repository
{
    public static string Root { get; } = Environment.GetEnvironmentVariable("SISPI_REPOSITORY") is { Length: > 0 } given
        ? given
        : typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "RepositoryRoot").Value!;

    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    /// <summary>Every source file of ours, by its path from the root.</summary>
    public static IEnumerable<string> Sources(params string[] projects) => projects
        .SelectMany(project => Directory.EnumerateFiles(Path(project), "*.cs", SearchOption.AllDirectories))
        .Select(file => System.IO.Path.GetRelativePath(Root, file).Replace('\\', '/'))
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);
}
