namespace SispiAgent.BackupSets;

/// <summary>A relation as the catalog shows it.</summary>
/// <param name="Oid">Its identifier.</param>
/// <param name="Schema">Its schema.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind"><c>pg_class.relkind</c>: r table, p partitioned table, m materialized view, v view, S sequence, f foreign table.</param>
/// <param name="FileNode">Its storage: another one after TRUNCATE and after a rewriting ALTER.</param>
/// <param name="Bytes">Heap and TOAST (<c>pg_table_size</c>); 0 where it has no storage.</param>
internal sealed record ListedRelation(long Oid, string Schema, string Name, char Kind, long FileNode, long Bytes)
{
    /// <summary>The topmost table of its partition tree; its own <see cref="Oid"/> outside of one. Tables that inherit otherwise are trees of their own.</summary>
    public long Root { get; init; } = Oid;

    /// <summary>Whether its rows are not written to the WAL: no standby has them.</summary>
    public bool IsUnlogged { get; init; }

    /// <summary>The extension that it belongs to; <see langword="null"/> if to none.</summary>
    public string? Extension { get; init; }

    /// <summary>Whether pg_dump dumps rows of it although an extension made it (<c>pg_extension_config_dump</c>).</summary>
    public bool IsConfiguration { get; init; }

    /// <summary>Whether that is only a part of its rows: the extension named a condition.</summary>
    public bool IsFiltered { get; init; }

    /// <summary>For a sequence, the table whose column it feeds (owned by it, or its identity): pg_dump takes it with that table; 0 if with none.</summary>
    public long OwnedBy { get; init; }

    /// <summary>Whether it is a table whose rows a dump has to hold.</summary>
    public bool HasRows => Kind == 'r' && (Extension is null || IsConfiguration);

    /// <summary>Whether pg_dump and the snapshot's holder lock it.</summary>
    public bool IsLocked => Kind is 'r' or 'p';

    /// <summary>Its name as SQL and the patterns of pg_dump take it literally.</summary>
    public string Quoted => $"{SqlName.Quote(Schema)}.{SqlName.Quote(Name)}";

    /// <summary>Its name for people.</summary>
    public string Shown => SqlName.Show(Schema, Name);
}
