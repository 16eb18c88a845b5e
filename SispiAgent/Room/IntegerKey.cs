namespace SispiAgent.Room;

/// <summary>A sequence, or a column with a key, and how far its range is used.</summary>
/// <param name="Database">The database.</param>
/// <param name="Name">The sequence or column, with its schema.</param>
/// <param name="Feeds">For a sequence: the column that it gives values to; empty for none. For a column: empty.</param>
/// <param name="Value">The value handed out last; <see langword="null"/>: none yet, or it may not be seen.</param>
/// <param name="Increment">The step, negative for one that goes down; 0 for a column.</param>
/// <param name="Limit">The last value that fits the sequence and the column.</param>
/// <param name="Cycles">Whether the sequence begins again at its end, and the column has room for all of it: then it never ends.</param>
internal sealed record IntegerKey(string Database, string Name, string Feeds, long? Value, long Increment, long Limit, bool Cycles)
{
    /// <summary>The column that it is, or gives values to, with schema and table where it comes from; empty for none.</summary>
    public string Column { get; init; } = "";

    /// <summary>The statements that give it room.</summary>
    public KeyWidening Widening { get; init; } = new("", "");

    /// <summary>Where its range begins; see <see cref="BeginOf"/>.</summary>
    public long Begin { get; init; }

    /// <summary>The used part of the range, in percent.</summary>
    public int UsedPercent => Value is not { } value || Cycles ? 0 : Limit == Begin ? 100 : (int)Math.Clamp(((double)value - Begin) / ((double)Limit - Begin) * 100, 0, 100);

    /// <summary>Where a sequence's range begins: at its minimum if that is above 0, else at 0, for nobody counts from the lowest negative number. One that goes down: the same from its maximum.</summary>
    public static long BeginOf(long increment, long minimum, long maximum, long limit) => increment < 0
        ? limit < 0 ? Math.Min(maximum, 0) : maximum
        : limit > 0 ? Math.Max(minimum, 0) : minimum;

    /// <summary>The limit of a sequence that gives values to a column of a type.</summary>
    /// <param name="increment">Its step.</param>
    /// <param name="minimum">Its <c>MINVALUE</c>.</param>
    /// <param name="maximum">Its <c>MAXVALUE</c>.</param>
    /// <param name="columnBytes">The column's size: 2, 4 or 8; 0 if it gives values to none.</param>
    public static long LimitOf(long increment, long minimum, long maximum, int columnBytes) => increment < 0
        ? Math.Max(minimum, columnBytes switch { 2 => short.MinValue, 4 => int.MinValue, _ => long.MinValue })
        : Math.Min(maximum, columnBytes switch { 2 => short.MaxValue, 4 => int.MaxValue, _ => long.MaxValue });
}
