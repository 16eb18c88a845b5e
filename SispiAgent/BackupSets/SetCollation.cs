using System.Text.Json.Serialization;

namespace SispiAgent.BackupSets;

/// <summary>
/// A collation that a database needs besides its own: one that somebody made in it, or one of the system's that something in it uses. Which of these there are was decided at
/// initdb, by the locales of the host. https://www.postgresql.org/docs/current/collation.html
/// </summary>
/// <param name="Schema">Its schema; <c>pg_catalog</c>: the system's.</param>
/// <param name="Name">Its name.</param>
/// <param name="Provider"><c>libc</c>, <c>icu</c> or <c>builtin</c>.</param>
internal sealed record SetCollation(string Schema, string Name, string Provider)
{
    /// <summary>Its order, of libc.</summary>
    public string? Collate { get; init; }

    /// <summary>Its character classification, of libc.</summary>
    public string? CharacterType { get; init; }

    /// <summary>The provider's own name of the locale, where that is not libc.</summary>
    public string? Locale { get; init; }

    /// <summary>Rules added to it (ICU, 16 and later).</summary>
    public string? Rules { get; init; }

    /// <summary>Whether what differs in bytes is never equal (12 and later; before, it always was so).</summary>
    public bool IsDeterministic { get; init; } = true;

    /// <summary>Whether no dump makes it: the server has it, or lacks it.</summary>
    [JsonIgnore]
    public bool IsOfSystem => Schema == "pg_catalog";

    /// <summary>What it takes, for people.</summary>
    [JsonIgnore]
    public string Kind => $"{Provider} {Locale ?? (Collate == CharacterType ? Collate : $"{Collate} with {CharacterType}")}";

    /// <summary>What CREATE COLLATION is told.</summary>
    [JsonIgnore]
    public string Sql => Provider == "libc"
        ? $"(LC_COLLATE = {SqlName.Literal(Collate ?? "")}, LC_CTYPE = {SqlName.Literal(CharacterType ?? "")})"
        : $"(PROVIDER = {Provider}, LOCALE = {SqlName.Literal(Locale ?? "")}{(IsDeterministic ? "" : ", DETERMINISTIC = false")}{(Rules is null ? "" : $", RULES = {SqlName.Literal(Rules)}")})";

    /// <summary>
    /// Reads those of a database, of a server of 9.1 or later. From 9.5 on as JSON: what the columns are called differs from version to version. Whatever uses a collation that is not
    /// pinned has a dependency on it: columns, domains, ranges, indexes, partition keys, expressions.
    /// </summary>
    public static string Query(int version) => $"""
        SELECT n.nspname::text, c.collname::text, {(version >= 90500 ? FromJson : "'libc'::text, c.collcollate::text, c.collctype::text, NULL::text, NULL::text, true")}
        FROM pg_catalog.pg_collation c JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace
        WHERE (n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND {RelationQueries.NotOfExtension("pg_collation", "c.oid")})
           OR (n.nspname = 'pg_catalog' AND EXISTS (
             SELECT 1 FROM pg_catalog.pg_depend d LEFT JOIN pg_catalog.pg_class t ON d.classid = 'pg_class'::regclass AND t.oid = d.objid
             WHERE d.refclassid = 'pg_collation'::regclass AND d.refobjid = c.oid AND d.classid <> 0 AND t.relpersistence IS DISTINCT FROM 't'))
        ORDER BY 1, 2
        """;

    private const string FromJson = """
        CASE pg_catalog.to_jsonb(c) ->> 'collprovider' WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END, pg_catalog.to_jsonb(c) ->> 'collcollate', pg_catalog.to_jsonb(c) ->> 'collctype',
        coalesce(pg_catalog.to_jsonb(c) ->> 'colllocale', pg_catalog.to_jsonb(c) ->> 'colliculocale', CASE pg_catalog.to_jsonb(c) ->> 'collprovider' WHEN 'i' THEN pg_catalog.to_jsonb(c) ->> 'collcollate' END),
        pg_catalog.to_jsonb(c) ->> 'collicurules', coalesce((pg_catalog.to_jsonb(c) ->> 'collisdeterministic')::boolean, true)
        """;
}
