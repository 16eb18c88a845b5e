using System.Globalization;
using SispiAgent.BackupSets;

namespace SispiAgent.Backup;

/// <summary>A dumped database as the manifest has it.</summary>
internal static class DatabaseRecord
{
    /// <summary>Describes it.</summary>
    /// <param name="dumped">What was dumped.</param>
    /// <param name="sequences">The sequences' values as the files hold them.</param>
    public static SetDatabase Of(DumpedDatabase dumped, IReadOnlyList<SetSequence> sequences)
    {
        var database = dumped.Database;
        var unitOf = dumped.Units.SelectMany(unit => unit.Unit.Relations.Select(relation => (relation.Oid, unit.Unit.Name))).ToDictionary(entry => entry.Oid, entry => entry.Name);
        return new SetDatabase(database.Name, database.Owner, database.Encoding, database.Collate, database.CharacterType, database.Bytes, dumped.Snapshot, dumped.Lsn, dumped.At, dumped.Attempts,
            [.. dumped.Relations.Where(relation => relation.IsLocked).Select(relation => Table(relation, dumped.Readings.GetValueOrDefault(relation.Oid), unitOf.GetValueOrDefault(relation.Oid)))])
        {
            Units = [.. dumped.Units.Select(unit => new SetUnit(unit.Unit.Name, unit.Unit.Kind, unit.Unit.File, unit.Unit.Bytes, unit.Unit.Why))],
            Sequences = sequences,
            LargeObjects = dumped.LargeObjects?.Rows,
            LargeObjectsDigest = dumped.LargeObjects?.Digest,
            PopulatedViews = dumped.Facts.PopulatedViews,
            Extensions = dumped.Facts.Extensions,
            LabelProviders = dumped.Facts.LabelProviders,
            Collations = dumped.Facts.Collations,
            Locale = database.Locale,
        };
    }

    /// <summary>The certificate: which of its files show one moment.</summary>
    public static SetConsistency Certify(DumpedDatabase dumped)
    {
        string[] files = [.. dumped.Units.Select(unit => unit.File.Name)];
        var name = SqlName.Show(dumped.Database.Name);
        var words = dumped.Snapshot is not null
            ? string.Create(CultureInfo.InvariantCulture, $"{name}: {(files.Length == 1 ? "its file shows" : $"all {files.Length} files show")} the moment {dumped.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC (WAL position {dumped.Lsn}), and so do the counted rows.")
            : files.Length == 1 ? $"{name}: one pg_dump read the whole database in its own snapshot."
            : string.Create(CultureInfo.InvariantCulture, $"{name}: its {files.Length} files show DIFFERENT moments between {dumped.Units.Min(unit => unit.File.Started).UtcDateTime:yyyy-MM-dd HH:mm:ss} and {dumped.Units.Max(unit => unit.File.Finished).UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC.");
        return new(dumped.Database.Name, dumped.Snapshot, files, words);
    }

    private static SetTable Table(ListedRelation relation, TableReading? reading, string? unit) =>
        new(relation.Oid, relation.Schema, relation.Name, relation.Bytes, reading?.Rows, reading?.Digest) { Unit = unit, IsFiltered = relation.IsFiltered };
}
