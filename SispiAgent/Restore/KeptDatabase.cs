using SispiAgent.BackupSets;

namespace SispiAgent.Restore;

/// <summary>A database that was in the way of a restore and is kept under another name.</summary>
/// <param name="Name">What it was called.</param>
/// <param name="Aside">What it is called now.</param>
internal sealed record KeptDatabase(string Name, string Aside)
{
    private const int LongestName = 63;

    /// <summary>The statement that does it; the step's name in the journal.</summary>
    public string Statement => $"ALTER DATABASE {SqlName.Quote(Name)} RENAME TO {SqlName.Quote(Aside)}";

    /// <summary>For people.</summary>
    public string Words => $"The database {SqlName.Show(Name)} that was there is kept as {SqlName.Show(Aside)}. When it is no longer wanted: DROP DATABASE {SqlName.Quote(Aside)}";

    /// <summary>A name for it that says since when it is kept. The server cuts a name at 63 bytes, and what it is told here has to be what it is called.</summary>
    public static KeptDatabase Of(string name, DateTimeOffset now)
    {
        var since = $"_before_{SetName.For(now)}";
        var (bytes, length) = (since.Length, 0);
        foreach (var rune in name.EnumerateRunes().TakeWhile(rune => (bytes += rune.Utf8SequenceLength) <= LongestName))
            length += rune.Utf16SequenceLength;
        return new(name, name[..length] + since);
    }
}
