using System.Globalization;

namespace SispiAgent.BackupSets;

/// <summary>
/// The statements of the digest: for each row a hash of its text, of all rows the sum, so that their order does not matter and equal rows don't cancel each other.
/// The text is PostgreSQL's own of a row, where NULL, an empty text and the borders between columns all differ. It is equal after dump and restore into
/// another database of the same major version, whatever defaults that has; digests of different majors, or with another prefix, can't be compared.
/// </summary>
internal static class DigestQuery
{
    /// <summary>What a session is told first: everything that changes how values are written, who sees which rows, and how long a statement may take.</summary>
    /// <param name="version">The server's.</param>
    public static IReadOnlyList<string> Settings(int version) =>
    [
        .. new (string Name, string Value, int Since)[]
        {
            ("statement_timeout", "0", 0), ("datestyle", "'ISO, MDY'", 0), ("intervalstyle", "'postgres'", 0), ("timezone", "'UTC'", 0), ("extra_float_digits", "3", 0), ("bytea_output", "'hex'", 0), ("lc_monetary", "'C'", 0), ("xmlbinary", "'base64'", 0),
            ("quote_all_identifiers", "off", 90100), ("search_path", "pg_catalog", 0), ("row_security", "off", 90500),
            ("lock_timeout", "0", 90300), ("idle_in_transaction_session_timeout", "0", 90600), ("idle_session_timeout", "0", 140000), ("transaction_timeout", "0", 170000),
            ("jit", "off", 110000), ("max_parallel_workers_per_gather", "0", 90600),
        }.Where(setting => version >= setting.Since).Select(setting => $"SET {setting.Name} = {setting.Value}"),
    ];

    /// <summary>What a digest of this server begins with.</summary>
    public static string Prefix(int version) => version >= 110000 ? "v1:hx:" : "v1:md:";

    /// <summary>Counts and digests one table: two columns, the count and the sum as text.</summary>
    /// <param name="version">The server's.</param>
    /// <param name="schema">The table's schema.</param>
    /// <param name="name">The table's name.</param>
    /// <param name="columns">Its columns, in any order.</param>
    public static string Table(int version, string schema, string name, IEnumerable<string> columns)
    {
        var row = string.Join(", ", columns.Order(StringComparer.Ordinal).Select(column => $"t.{SqlName.Quote(column)}"));
        return $"SELECT count(*), coalesce(sum({Hash(version, $"ROW({row})")}), 0)::text FROM ONLY {SqlName.Quote(schema)}.{SqlName.Quote(name)} AS t";
    }

    /// <summary>
    /// Counts and digests the large objects. Their pages are filled up with zeros and empty ones are left out, since a restore writes what a reader sees; the length
    /// of each object and that it is there are digested too.
    /// </summary>
    public static string LargeObjects(int version, int blockSize)
    {
        var page = blockSize / 4;
        var zeros = string.Create(CultureInfo.InvariantCulture, $"decode(repeat('00', {page}), 'hex')");
        var full = string.Create(CultureInfo.InvariantCulture, $"l.data || substring({zeros} FROM 1 FOR {page} - octet_length(l.data))");
        var length = string.Create(CultureInfo.InvariantCulture, $"(SELECT l.pageno::bigint * {page} + octet_length(l.data) FROM pg_catalog.pg_largeobject l WHERE l.loid = m.oid ORDER BY l.pageno DESC LIMIT 1)");
        return $"""
            SELECT (SELECT count(*) FROM pg_catalog.pg_largeobject_metadata), coalesce(sum(h), 0)::text FROM (
              SELECT {Hash(version, $"ROW(l.loid, l.pageno, {full})")} AS h FROM pg_catalog.pg_largeobject l WHERE {full} <> {zeros}
              UNION ALL SELECT {Hash(version, $"ROW(m.oid, coalesce({length}, 0))")} FROM pg_catalog.pg_largeobject_metadata m) AS hashes
            """;
    }

    /// <summary>64 bits of a row; their sum is numeric and never overflows.</summary>
    private static string Hash(int version, string row) => version >= 110000
        ? $"pg_catalog.hashtextextended({row}::text COLLATE \"C\", 0)"
        : $"('x' || substr(pg_catalog.md5({row}::text), 1, 16))::bit(64)::bigint";
}
