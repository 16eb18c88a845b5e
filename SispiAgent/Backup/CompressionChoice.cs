namespace SispiAgent.Backup;

/// <summary>A host that has to be able to read the dumps.</summary>
/// <param name="Name">Its name.</param>
/// <param name="PgRestore">The major version of its newest pg_restore; <see langword="null"/>: nobody has seen it.</param>
internal sealed record DumpReader(string Name, int? PgRestore);

/// <summary>How the dumps are compressed, and why so.</summary>
/// <param name="Method">The method and its level, as pg_dump 16 writes them.</param>
/// <param name="Argument">pg_dump's argument.</param>
/// <param name="Reason">Why, as a sentence.</param>
internal sealed record CompressionChoice(string Method, string Argument, string Reason)
{
    /// <summary>What the agent can do as well as pg_dump, and much faster.</summary>
    private const string Fast = "gzip:1";

    /// <summary>Nothing is dumped.</summary>
    public static CompressionChoice None { get; } = new("none", "", "Nothing is dumped.");

    /// <summary>Whether pg_dump writes uncompressed and the agent compresses: the file is of the same format and size.</summary>
    public bool IsPackedHere { get; private init; }

    /// <summary>The version with which methods besides gzip came (release notes of 16).</summary>
    private const int Methods = 16;

    /// <summary>Chooses. Pure.</summary>
    /// <param name="configured"><c>Backup:Compression</c>; empty: the agent chooses.</param>
    /// <param name="version">pg_dump's version, for messages.</param>
    /// <param name="major">Its major version.</param>
    /// <param name="readers">Every other host that gets the dumps.</param>
    /// <exception cref="AgentException">This pg_dump can't do what is configured.</exception>
    public static CompressionChoice Decide(string configured, string version, int major, IReadOnlyList<DumpReader> readers)
    {
        if (configured.Length > 0)
            return new(configured, Told(configured, version, major), "Backup:Compression says so.");
        if (major < Methods)
            return new(Fast, Told(Fast, version, major), $"pg_dump {version} has gzip only; zstd came with {Methods}.");
        if (readers.FirstOrDefault(reader => reader.PgRestore is null) is { } unseen)
            return new(Fast, Told(Fast, version, major), $"The pg_restore of {unseen.Name} is not known, and not every one reads zstd.");
        if (readers.FirstOrDefault(reader => reader.PgRestore < major) is { } older)
            return new(Fast, Told(Fast, version, major), $"The newest pg_restore of {older.Name} is {older.PgRestore}, older than pg_dump {version}.");
        return new("zstd:1", Told("zstd:1", version, major), readers.Count == 0 ? "No other host has to read it." : $"Every host that gets it has a pg_restore of {major} or newer.");
    }

    /// <summary>The same, compressed by the agent where that is what it can do.</summary>
    public CompressionChoice PackedHere() => Method == Fast ? this with { Argument = "--compress=0", IsPackedHere = true, Reason = $"{Reason} The agent compresses, with ISA-L: the same size in less time." } : this;

    /// <summary>How pg_dump is told: levels only up to 15, methods from 16 on.</summary>
    private static string Told(string wanted, string version, int major) =>
        major >= Methods ? $"--compress={wanted}"
        : wanted == "none" ? "--compress=0"
        : wanted.StartsWith("gzip:", StringComparison.Ordinal) ? $"--compress={wanted[5..]}"
        : throw new AgentException($"pg_dump {version} can't compress with {wanted}; that came with {Methods}.", "Set Backup:Compression to gzip:1, or leave it empty.");
}
