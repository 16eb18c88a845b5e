using Npgsql;

namespace SispiAgent.BackupSets;

/// <summary>
/// Reads all objects of a database from its catalog, so that what was restored can be compared with what was dumped. Neither oids nor the search path are in it;
/// objects of extensions are not either: <c>CREATE EXTENSION</c> makes them.
/// </summary>
internal static class CatalogObjects
{
    /// <summary>What the file of a database's objects is in a set: <see cref="SetFile.Kind"/>.</summary>
    public const string FileKind = "objects";

    /// <summary>Reads them, in an order that a restore does not change.</summary>
    /// <param name="connection">Open, of a superuser. Its settings are pinned and stay so.</param>
    /// <param name="version">The server's, from 9.4 on; before it the catalog has no name for every kind of object, and nothing is read.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<IReadOnlyList<CatalogObject>> ReadAsync(NpgsqlConnection connection, int version, CancellationToken cancellationToken)
    {
        if (version < 90400)
            return [];
        await using (var pin = new NpgsqlCommand(string.Join("; ", DigestQuery.Settings(version)), connection))
            await pin.ExecuteNonQueryAsync(cancellationToken);
        List<CatalogObject> found = [];
        foreach (var query in (string[])[.. RelationQueries.All(version), .. ObjectQueries.All(version)])
        {
            await using var command = new NpgsqlCommand(query, connection) { CommandTimeout = 0 };
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
                found.Add(new(rows.GetString(0), rows.GetString(1), CatalogObject.Hash(Text(rows, 2)), CatalogObject.Hash(Text(rows, 3))));
        }

        return [.. found.OrderBy(item => item.Kind, StringComparer.Ordinal).ThenBy(item => item.Identity, StringComparer.Ordinal)];
    }

    /// <summary>The objects as a file's text.</summary>
    public static string Write(IEnumerable<CatalogObject> objects) => string.Concat(objects.Select(item => $"{item}\n"));

    /// <summary>The objects of a file.</summary>
    /// <exception cref="FormatException">A line is none.</exception>
    public static IEnumerable<CatalogObject> ReadFile(string path) => File.ReadLines(path).Select(CatalogObject.Parse);

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
