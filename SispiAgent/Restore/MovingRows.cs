using System.Globalization;
using Npgsql;
using SispiAgent.BackupSets;

namespace SispiAgent.Restore;

/// <summary>
/// Partitions by the hash of an enum. The hash is that of the value's oid, which is another one in every database: a restore distributes their rows anew,
/// and only all together are what they were.
/// </summary>
/// <param name="tops">Such a partition's partitioned table.</param>
internal sealed class MovingRows(IReadOnlyDictionary<(string Schema, string Name), string> tops)
{
    private const string Query = """
        WITH RECURSIVE moving(oid, top) AS (
          SELECT p.partrelid, p.partrelid FROM pg_catalog.pg_partitioned_table p
          WHERE p.partstrat = 'h' AND EXISTS (SELECT 1 FROM pg_catalog.unnest(p.partclass::pg_catalog.oid[]) k JOIN pg_catalog.pg_opclass o ON o.oid = k WHERE o.opcname = 'enum_ops')
          UNION SELECT i.inhrelid, m.top FROM pg_catalog.pg_inherits i JOIN moving m ON m.oid = i.inhparent)
        SELECT DISTINCT ON (c.oid) n.nspname::text, c.relname::text, tn.nspname::text, t.relname::text
        FROM moving m JOIN pg_catalog.pg_class c ON c.oid = m.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_class t ON t.oid = m.top JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
        WHERE c.relkind = 'r' ORDER BY c.oid, m.top
        """;

    private readonly Dictionary<string, (long Rows, long Expected)> _sums = [];

    /// <summary>Finds them.</summary>
    public static async Task<MovingRows> ReadAsync(NpgsqlConnection connection, int version, CancellationToken cancellationToken)
    {
        Dictionary<(string, string), string> tops = [];
        if (version >= 110000)
        {
            await using var command = new NpgsqlCommand(Query, connection);
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
                tops[(rows.GetString(0), rows.GetString(1))] = SqlName.Show(rows.GetString(2), rows.GetString(3));
        }

        return new(tops);
    }

    /// <summary>Adds a table's rows to those of its partitioned table.</summary>
    /// <returns>Whether it is such a partition.</returns>
    public bool Take(SetTable table, long rows)
    {
        if (!tops.TryGetValue((table.Schema, table.Name), out var top))
            return false;
        lock (_sums)
        {
            var (sum, expected) = _sums.GetValueOrDefault(top);
            _sums[top] = (sum + rows, expected + table.Rows!.Value);
        }

        return true;
    }

    /// <summary>What is wrong with the sums.</summary>
    public IEnumerable<string> Problems() => _sums.Where(entry => entry.Value.Rows != entry.Value.Expected)
        .Select(entry => string.Create(CultureInfo.InvariantCulture, $"the partitions of table {entry.Key} have {entry.Value.Rows} rows, the manifest says {entry.Value.Expected}"));
}
