using System.Buffers;
using System.Buffers.Binary;

namespace SispiAgent.BackupSets;

/// <summary>
/// A dump of pg_dump's custom format on its way from a stream to another, read by its own rules (pg_backup_archiver.c, ReadInt and ReadStr): a number is its sign
/// and four bytes, the lowest first; a text is its length, negative for none, and its bytes.
/// </summary>
/// <param name="input">Where it comes from.</param>
/// <param name="output">Where it goes.</param>
internal sealed class DumpCopy(Stream input, Stream output) : IDisposable
{
    private const int IntBytes = 5;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(256 << 10);
    private int _start, _end;

    /// <summary>How much has been written, in bytes.</summary>
    public long Written { get; private set; }

    /// <summary>Whether nothing more comes.</summary>
    public bool IsAtEnd => Fill() == 0;

    /// <summary>A byte, not written.</summary>
    /// <exception cref="EndOfStreamException">It is not there.</exception>
    public byte TakeByte()
    {
        if (Fill() == 0)
            throw new EndOfStreamException("pg_dump's output ended in the middle of a part.");
        return _buffer[_start++];
    }

    /// <summary>The next bytes, at most so many and at least one, not written; gone with the next call.</summary>
    /// <exception cref="EndOfStreamException">There are none.</exception>
    public ReadOnlySpan<byte> TakeSome(int most)
    {
        if (Fill() == 0)
            throw new EndOfStreamException("pg_dump's output ended in the middle of a part.");
        var some = new ReadOnlySpan<byte>(_buffer, _start, Math.Min(most, _end - _start));
        _start += some.Length;
        return some;
    }

    /// <summary>A number, not written.</summary>
    public int TakeInt()
    {
        Span<byte> bytes = stackalloc byte[IntBytes];
        return TakeInt(bytes);
    }

    /// <summary>A byte.</summary>
    public byte CopyByte()
    {
        var one = TakeByte();
        Write([one]);
        return one;
    }

    /// <summary>A number.</summary>
    public int CopyInt()
    {
        Span<byte> bytes = stackalloc byte[IntBytes];
        var number = TakeInt(bytes);
        Write(bytes);
        return number;
    }

    /// <summary>A text; <see langword="false"/> if there is none.</summary>
    public bool CopyText()
    {
        var left = CopyInt();
        if (left < 0)
            return false;
        Copy(left);
        return true;
    }

    /// <summary>So many bytes.</summary>
    public void Copy(int count)
    {
        for (var left = count; left > 0;)
        {
            var some = TakeSome(left);
            left -= some.Length;
            Write(some);
        }
    }

    /// <summary>Writes a length.</summary>
    public void WriteInt(int length)
    {
        Span<byte> bytes = stackalloc byte[IntBytes];
        BinaryPrimitives.WriteInt32LittleEndian(bytes[1..], length);
        Write(bytes);
    }

    /// <summary>Writes bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        Written += bytes.Length;
    }

    /// <inheritdoc/>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private int TakeInt(Span<byte> bytes)
    {
        for (var i = 0; i < IntBytes; i++)
            bytes[i] = TakeByte();
        var number = BinaryPrimitives.ReadInt32LittleEndian(bytes[1..]);
        return bytes[0] == 0 ? number : -number;
    }

    private int Fill()
    {
        if (_start == _end)
            (_start, _end) = (0, input.Read(_buffer));
        return _end - _start;
    }
}
