using System.Text;

namespace SispiAgent.Room;

/// <summary>What reading the log's new part came to.</summary>
/// <param name="Offsets">How far each file is read now.</param>
/// <param name="Lines">The lines that matter.</param>
/// <param name="SkippedBytes">What was more than one look may read.</param>
internal sealed record LogScan(IReadOnlyDictionary<string, long> Offsets, IReadOnlyList<LogLine> Lines, long SkippedBytes)
{
    private const int LongestLine = 400;

    /// <summary>
    /// Reads what was added to the files since the offsets, whole lines only. A file that is shorter than before was truncated and is read from
    /// its begin; one that was not there before too, except in the first look at a folder, which begins at every end: what is old is no news.
    /// Only what the server itself names so counts, not what something else has rotated away, nor what it writes as csvlog or jsonlog.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="fileName"><c>log_filename</c>.</param>
    /// <param name="offsets">How far each file was read.</param>
    /// <param name="atMost">How many bytes may be read.</param>
    /// <param name="now">The moment of the look.</param>
    public static LogScan Read(string folder, string fileName, IReadOnlyDictionary<string, long> offsets, long atMost, DateTimeOffset now)
    {
        Dictionary<string, long> next = new() { [folder] = 0 }; // says that there was a first look, also of an empty folder
        List<LogLine> lines = [];
        var (left, skipped) = (atMost, 0L);
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles().Where(file => IsPlain(file.Extension, Path.GetExtension(fileName))).OrderByDescending(file => file.LastWriteTimeUtc))
        {
            var length = file.Length;
            var from = !offsets.ContainsKey(folder) ? length : offsets.TryGetValue(file.FullName, out var known) && known <= length ? known : 0;
            if (length - from > left)
            {
                skipped += length - from - left;
                from = length - left;
            }

            next[file.FullName] = from;
            if (length == from)
                continue;
            using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            stream.Position = from;
            next[file.FullName] = from + ReadLines(stream, length - from, line =>
            {
                if (LogSeverity.Of(line) is { } kind)
                    lines.Add(new(kind, file.FullName, line.Length > LongestLine ? line[..LongestLine] + "..." : line, now));
            });
            if (next[file.FullName] == from && length - from == atMost)
                next[file.FullName] = length; // a line longer than all that one look may read
            left -= length - from;
        }

        return new(next, lines, skipped);
    }

    /// <summary>Whether a file has the ending of the plain log; one with a time in it may be any.</summary>
    private static bool IsPlain(string extension, string pattern) =>
        pattern.Contains('%', StringComparison.Ordinal) ? extension is not (".csv" or ".json") : extension == pattern;

    /// <summary>Reads whole lines of at most so many bytes, and says how many bytes they had: what comes after the last line feed is read next time.</summary>
    private static long ReadLines(Stream stream, long bytes, Action<string> each)
    {
        var (buffer, line, whole, read) = (new byte[65536], new List<byte>(), 0L, 0L);
        int count;
        while (read < bytes && (count = stream.Read(buffer, 0, (int)Math.Min(buffer.Length, bytes - read))) > 0)
        {
            foreach (var one in buffer.AsSpan(0, count))
            {
                read++;
                if (one != '\n')
                {
                    if (line.Count < 4096)
                        line.Add(one);
                    continue;
                }

                each(Encoding.UTF8.GetString([.. line]).TrimEnd('\r'));
                line.Clear();
                whole = read;
            }
        }

        return whole;
    }
}
