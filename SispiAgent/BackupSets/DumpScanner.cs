namespace SispiAgent.BackupSets;

/// <summary>
/// Reads what <c>pg_restore -a</c> writes, in pieces of any size: counts the rows of each COPY block and finds the values of sequences and the large objects.
/// It keeps no more than the beginning of one statement, so a row may be as long as it likes. Rows that look like statements are not taken for such.
/// </summary>
internal sealed class DumpScanner
{
    private readonly List<long> _blocks = [];
    private readonly StatementReader _statements = new();
    private readonly byte[] _head = new byte[3];
    private bool _isInRows;
    private long _rows;
    private int _lineLength;

    /// <summary>The rows of each COPY block that ended, in order.</summary>
    public IReadOnlyList<long> Blocks => _blocks;

    /// <summary>The values of sequences.</summary>
    public IReadOnlyList<SetSequence> Sequences => _statements.Found.Sequences;

    /// <summary>The large objects.</summary>
    public IReadOnlyList<long> LargeObjects => _statements.Found.LargeObjects;

    /// <summary>How many statements looked like one of these, and could not be read.</summary>
    public int Unread => _statements.Found.Unread;

    /// <summary>Whether it ends where a whole number of statements and blocks ends.</summary>
    public bool IsComplete => !_isInRows && _statements.IsBetween;

    /// <summary>Takes the next bytes.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_isInRows)
            {
                bytes = Rows(bytes);
                continue;
            }

            bytes = bytes[_statements.Take(bytes, out _isInRows)..];
            (_rows, _lineLength) = (0, 0);
        }
    }

    /// <summary>Counts lines up to the one that ends the block.</summary>
    private ReadOnlySpan<byte> Rows(ReadOnlySpan<byte> bytes)
    {
        while (bytes.IndexOf((byte)'\n') is var end and >= 0)
        {
            var isEnd = _lineLength == 0 ? IsEnd(bytes[..end]) : Keep(bytes[..end]) && IsEnd(_head.AsSpan(0, Math.Min(_lineLength, _head.Length)));
            bytes = bytes[(end + 1)..];
            _lineLength = 0;
            if (isEnd)
            {
                _blocks.Add(_rows);
                _isInRows = false;
                return bytes;
            }

            _rows++;
        }

        Keep(bytes);
        return default;
    }

    /// <summary>Keeps the beginning of a line that comes in pieces.</summary>
    /// <returns>Whether the line is short enough to be the end of the block.</returns>
    private bool Keep(ReadOnlySpan<byte> piece)
    {
        if (_lineLength < _head.Length)
            piece[..Math.Min(piece.Length, _head.Length - _lineLength)].CopyTo(_head.AsSpan(_lineLength));
        _lineLength = (int)Math.Min(int.MaxValue, (long)_lineLength + piece.Length);
        return _lineLength <= _head.Length;
    }

    /// <summary>Data escape every backslash and every carriage return, so no row looks like this; the second form is pg_restore's on Windows.</summary>
    private static bool IsEnd(ReadOnlySpan<byte> line) => line.SequenceEqual(@"\."u8) || line.SequenceEqual("\\.\r"u8);
}
