using System.Buffers;

namespace SispiAgent.BackupSets;

/// <summary>The statements between the COPY blocks: cuts them apart where SQL does, and keeps no more of each than its beginning.</summary>
internal sealed class StatementReader
{
    /// <summary>More than the longest statement that is read: two names of 63 characters, escaped.</summary>
    private const int Limit = 8 << 10;

    private static readonly SearchValues<byte> Special = SearchValues.Create("'\";"u8);

    private readonly ArrayBufferWriter<byte> _statement = new(Limit);
    private Mode _mode = Mode.Between;
    private byte _previous;
    private bool _isEscaping;
    private bool _skips;

    private enum Mode
    {
        Between,
        Line,
        Statement,
        Text,
        Name,
        BeforeRows,
    }

    /// <summary>What they said.</summary>
    public DumpStatements Found { get; } = new();

    /// <summary>Whether no statement is open.</summary>
    public bool IsBetween => _mode is Mode.Between or Mode.Line;

    /// <summary>Takes bytes, up to the rows of a COPY statement.</summary>
    /// <param name="bytes">The next ones.</param>
    /// <param name="isRows">Whether rows come next.</param>
    /// <returns>How many it took.</returns>
    public int Take(ReadOnlySpan<byte> bytes, out bool isRows)
    {
        isRows = false;
        var taken = 0;
        while (taken < bytes.Length)
        {
            var left = bytes[taken..];
            switch (_mode)
            {
                case Mode.Between:
                    taken += Begin(left[0]);
                    break;
                case Mode.Line: // a comment, or psql's \restrict: to its end
                case Mode.BeforeRows:
                    var end = left.IndexOf((byte)'\n');
                    taken += end < 0 ? left.Length : end + 1;
                    if (end < 0)
                        break;
                    isRows = _mode is Mode.BeforeRows;
                    _mode = Mode.Between;
                    if (isRows)
                        return taken;
                    break;
                case Mode.Statement:
                    taken += Plain(left);
                    break;
                case Mode.Text when _isEscaping:
                    taken += Escaped(left);
                    break;
                case Mode.Text:
                    taken += Quoted(left, (byte)'\'');
                    break;
                default:
                    taken += Quoted(left, (byte)'"');
                    break;
            }
        }

        return taken;
    }

    private int Begin(byte first)
    {
        if (first is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            return 1;
        _mode = first is (byte)'-' or (byte)'\\' ? Mode.Line : Mode.Statement;
        _statement.ResetWrittenCount();
        _previous = 0;
        return 0;
    }

    private int Plain(ReadOnlySpan<byte> bytes)
    {
        var at = bytes.IndexOfAny(Special);
        if (at < 0)
            return Keep(bytes);
        var before = at > 0 ? bytes[at - 1] : _previous;
        Keep(bytes[..(at + 1)]);
        switch (bytes[at])
        {
            case (byte)'"':
                _mode = Mode.Name;
                break;
            case (byte)'\'':
                _mode = Mode.Text;
                if (before != '\'') // a doubled quote goes on with the same text
                    _isEscaping = before is (byte)'E' || !Found.HasStandardStrings;
                break;
            default:
                _mode = Found.Read(_statement.WrittenSpan) ? Mode.BeforeRows : Mode.Between;
                break;
        }

        return at + 1;
    }

    private int Quoted(ReadOnlySpan<byte> bytes, byte quote)
    {
        var at = bytes.IndexOf(quote);
        if (at < 0)
            return Keep(bytes);
        _mode = Mode.Statement;
        return Keep(bytes[..(at + 1)]);
    }

    private int Escaped(ReadOnlySpan<byte> bytes)
    {
        if (_skips)
        {
            _skips = false;
            return Keep(bytes[..1]);
        }

        var at = bytes.IndexOfAny((byte)'\'', (byte)'\\');
        if (at < 0)
            return Keep(bytes);
        if (bytes[at] == '\\')
            _skips = true;
        else
            _mode = Mode.Statement;
        return Keep(bytes[..(at + 1)]);
    }

    private int Keep(ReadOnlySpan<byte> bytes)
    {
        _previous = bytes[^1];
        if (Limit - _statement.WrittenCount is var room and > 0)
            _statement.Write(bytes[..Math.Min(room, bytes.Length)]);
        return bytes.Length;
    }
}
