namespace SispiAgent.BackupSets;

/// <summary>
/// What a database sorts by where that is not the C library: its provider (15 and later). Without it a database of the same collation would sort, and divide its partitions,
/// in another way. https://www.postgresql.org/docs/current/locale.html#LOCALE-PROVIDERS
/// </summary>
/// <param name="Provider"><c>icu</c> or <c>builtin</c>.</param>
/// <param name="Locale">The provider's own name of the locale.</param>
/// <param name="Rules">Rules added to it (ICU, 16 and later).</param>
internal sealed record DatabaseLocale(string Provider, string Locale, string? Rules)
{
    /// <summary>Reads a row of pg_database, as JSON: what its columns are called differs from version to version.</summary>
    public const string Query = "CASE pg_catalog.to_jsonb(d) ->> 'datlocprovider' WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' END, coalesce(pg_catalog.to_jsonb(d) ->> 'datlocale', pg_catalog.to_jsonb(d) ->> 'daticulocale'), pg_catalog.to_jsonb(d) ->> 'daticurules'";

    /// <summary>What createdb is told.</summary>
    public IReadOnlyList<string> Options => [$"--locale-provider={Provider}", $"--{Provider}-locale={Locale}", .. Rules is null ? [] : (string[])[$"--icu-rules={Rules}"]];

    /// <summary>What CREATE DATABASE is told.</summary>
    public string Sql => $" LOCALE_PROVIDER {Provider} {Provider.ToUpperInvariant()}_LOCALE {Literal(Locale)}{(Rules is null ? "" : $" ICU_RULES {Literal(Rules)}")}";

    /// <inheritdoc/>
    public override string ToString() => $"{Provider} {Locale}";

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
