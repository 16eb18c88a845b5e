using System.Security.Cryptography;

namespace SispiAgent.BackupSets;

/// <summary><c>SHA256SUMS</c>, as <c>sha256sum --check</c> reads it.</summary>
internal static class SumsFile
{
    /// <summary>Its name in a set's folder.</summary>
    public const string Name = "SHA256SUMS";

    /// <summary>The file's text. The names of a set's files hold nothing that would need escaping.</summary>
    public static string Write(IEnumerable<(string Name, string Sha256)> files) =>
        string.Concat(files.OrderBy(file => file.Name, StringComparer.Ordinal).Select(file => $"{file.Sha256}  {file.Name}\n"));

    /// <summary>The hashes by file name.</summary>
    /// <exception cref="FormatException">A line is none.</exception>
    public static IReadOnlyDictionary<string, string> Read(string folder)
    {
        var sums = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(Path.Combine(folder, Name)))
        {
            if (line.Length < 67 || line[64..66] != "  " || !sums.TryAdd(line[66..], line[..64]))
                throw new FormatException($"{Name} has a line that is no checksum.");
        }

        return sums;
    }

    /// <summary>A file's hash.</summary>
    public static async Task<string> HashAsync(string file, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(file, new FileStreamOptions { BufferSize = 1 << 20, Options = FileOptions.Asynchronous | FileOptions.SequentialScan });
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
    }
}
