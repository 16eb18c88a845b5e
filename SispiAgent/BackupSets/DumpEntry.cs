using System.Globalization;

namespace SispiAgent.BackupSets;

/// <summary>One line of a dump's table of contents, as <c>pg_restore -l</c> prints it. Names are not taken apart: they may hold blanks.</summary>
/// <param name="Id">Its number in the dump.</param>
/// <param name="Catalog">The catalog table of its object; 0 for rows and for values of sequences.</param>
/// <param name="Oid">Its object in the database that was dumped; 0 where it has none. For rows: their table.</param>
/// <param name="Description">What it is: <c>TABLE DATA</c>.</param>
/// <param name="Names">Schema (or <c>-</c>), name and owner, with blanks between.</param>
internal sealed record DumpEntry(int Id, long Catalog, long Oid, string Description, string Names)
{
    /// <summary>The rows of a table.</summary>
    public const string TableData = "TABLE DATA";

    /// <summary>The value of a sequence.</summary>
    public const string SequenceSet = "SEQUENCE SET";

    /// <summary>The refreshing of a materialized view.</summary>
    public const string ViewData = "MATERIALIZED VIEW DATA";

    /// <summary>One large object's definition.</summary>
    public const string LargeObject = "BLOB";

    /// <summary>What these are in dumps of PostgreSQL 17 and later: for many objects at once.</summary>
    public const string LargeObjectGroup = "BLOB METADATA";

    /// <summary>The contents of large objects.</summary>
    public const string LargeObjects = "BLOBS";

    /// <summary>Those of more than one word, of every version since 9.0; the longer ones first.</summary>
    private static readonly string[] Long =
    [
        "PUBLICATION TABLES IN SCHEMA", "TEXT SEARCH CONFIGURATION", "FOREIGN DATA WRAPPER", "TEXT SEARCH DICTIONARY", "TEXT SEARCH TEMPLATE", "PROCEDURAL LANGUAGE", "DATABASE PROPERTIES", "TEXT SEARCH PARSER",
        "SUBSCRIPTION TABLE", ViewData, "PUBLICATION TABLE", "MATERIALIZED VIEW", "SEQUENCE OWNED BY", "CHECK CONSTRAINT", "OPERATOR FAMILY", "STATISTICS DATA", "OPERATOR CLASS", "SECURITY LABEL", "ACCESS METHOD",
        LargeObjectGroup, "EVENT TRIGGER", "FK CONSTRAINT", "FOREIGN TABLE", "USER MAPPING", SequenceSet, "INDEX ATTACH", "ROW SECURITY", "TABLE ATTACH", "DEFAULT ACL", "SHELL TYPE", TableData,
    ];

    /// <summary>Those whose second word could be a schema, and the catalog table that the shorter description has.</summary>
    private static readonly Dictionary<string, long> Shorter = new() { [TableData] = 1259, [SequenceSet] = 1259, [ViewData] = 1259, ["TABLE ATTACH"] = 1259, ["SEQUENCE OWNED BY"] = 1259, ["INDEX ATTACH"] = 1259, ["STATISTICS DATA"] = 3381 };

    /// <summary>The line as pg_restore prints it, and takes it with <c>-L</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Id}; {Catalog} {Oid} {Description} {Names}");

    /// <summary>A line's entry; <see langword="null"/> for a comment.</summary>
    public static DumpEntry? TryParse(string line)
    {
        var semicolon = line.IndexOf(';', StringComparison.Ordinal);
        if (semicolon <= 0 || !int.TryParse(line.AsSpan(0, semicolon), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return null;
        var words = line[(semicolon + 1)..].TrimStart().Split(' ', 3);
        if (words.Length < 3 || !long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var catalog) || !long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var oid))
            return null;
        var description = Long.FirstOrDefault(known => words[2].StartsWith(known + " ", StringComparison.Ordinal) && (catalog == 0 || Shorter.GetValueOrDefault(known) != catalog))
            ?? words[2].Split(' ', 2)[0];
        return new(id, catalog, oid, description, words[2][Math.Min(description.Length + 1, words[2].Length)..]);
    }
}
