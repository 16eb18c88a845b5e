using System.Text;

namespace SispiAgent.Tests.Demo;

/// <summary>What of a folder's processes still runs: by command line, environment or working directory.</summary>
internal static class Leftovers
{
    public static IReadOnlyList<string> Of(string folder) =>
    [
        .. Directory.EnumerateDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _) && Belongs(path, folder))
            .Select(path => $"{Path.GetFileName(path)} {Text(path, "cmdline").Replace('\0', ' ')}"),
    ];

    private static bool Belongs(string path, string folder) =>
        Text(path, "cmdline").Contains(folder, StringComparison.Ordinal) || Text(path, "environ").Contains(folder, StringComparison.Ordinal) || WorkingDirectory(path).Contains(folder, StringComparison.Ordinal);

    private static string Text(string path, string file)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(path, file)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // it has ended, or is another user's
        }
    }

    private static string WorkingDirectory(string path)
    {
        try
        {
            return Directory.ResolveLinkTarget(Path.Combine(path, "cwd"), returnFinalTarget: false)?.FullName ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
