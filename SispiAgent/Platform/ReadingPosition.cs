using System.Globalization;

namespace SispiAgent.Platform;

/// <summary>How far a process has read a file, from Linux's <c>/proc</c>; elsewhere nothing is known.</summary>
internal static class ReadingPosition
{
    /// <summary>The position.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="path">The file; known by its name, since its folder may be a link.</param>
    /// <returns><see langword="null"/>: the process has no such file open, has ended, or may not be looked at.</returns>
    public static long? Of(int processId, string path)
    {
        const string Word = "pos:";
        try
        {
            foreach (var descriptor in Directory.EnumerateFileSystemEntries($"/proc/{processId}/fd"))
            {
                if (Path.GetFileName(new FileInfo(descriptor).LinkTarget) == Path.GetFileName(path)
                    && File.ReadLines($"/proc/{processId}/fdinfo/{Path.GetFileName(descriptor)}").FirstOrDefault(line => line.StartsWith(Word, StringComparison.Ordinal)) is { } line)
                    return long.Parse(line.AsSpan(Word.Length).Trim(), NumberStyles.None, CultureInfo.InvariantCulture);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // it has ended, or is somebody else's
        }

        return null;
    }
}
