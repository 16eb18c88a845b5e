namespace SispiAgent.Room;

/// <summary>The statements that give a sequence or a key more room. Pure.</summary>
/// <param name="Column">What makes the column bigint, which rewrites its table; empty if it has room.</param>
/// <param name="Sequence">What takes the sequence's own limit away; empty without one.</param>
internal sealed record KeyWidening(string Column, string Sequence)
{
    /// <summary>Whether the column's table is partitioned by it: then the server refuses to change its type.</summary>
    public bool IsPartitionKey { get; init; }

    /// <summary>A column's that no sequence was asked for.</summary>
    public static KeyWidening OfColumn(string alter) => new($"{alter} TYPE bigint;", "");

    /// <summary>A sequence's. From 10 on it has a type of its own, which it keeps when its column gets another.</summary>
    /// <param name="column">What begins an ALTER of the column that it feeds; empty for none.</param>
    /// <param name="sequence">What begins its own.</param>
    /// <param name="columnBytes">The column's size; 0 for none.</param>
    /// <param name="increment">Its step.</param>
    /// <param name="limit">The last value that fits both.</param>
    /// <param name="version">The server's version.</param>
    public static KeyWidening OfSequence(string column, string sequence, int columnBytes, long increment, long limit, int version)
    {
        var isColumns = columnBytes is 2 or 4 && limit == IntegerKey.LimitOf(increment, long.MinValue, long.MaxValue, columnBytes);
        var type = isColumns ? "bigint" : columnBytes switch { 2 => "smallint", 4 => "integer", _ => "bigint" };
        return new(isColumns ? $"{column} TYPE bigint;" : "", $"{sequence}{(version >= 100000 ? $" AS {type}" : "")} NO {(increment < 0 ? "MINVALUE" : "MAXVALUE")};");
    }
}
