using System.Text;

namespace SispiAgent.Processes;

/// <summary>A stream that keeps the end of what is written to it, in a fixed piece of memory: a child may write gigabytes, or one line of them.</summary>
/// <param name="limit">How many bytes are kept.</param>
internal sealed class ByteTail(int limit) : Stream
{
    private readonly byte[] _ring = new byte[limit];
    private readonly Lock _lock = new();
    private long _written;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        lock (_lock)
        {
            var kept = buffer.Length > limit ? buffer[^limit..] : buffer;
            var at = (int)((_written + buffer.Length - kept.Length) % limit);
            var first = Math.Min(kept.Length, limit - at);
            kept[..first].CopyTo(_ring.AsSpan(at));
            kept[first..].CopyTo(_ring);
            _written += buffer.Length;
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>What was kept, from the beginning of a line on where something was dropped.</summary>
    public override string ToString()
    {
        lock (_lock)
        {
            if (_written <= limit)
                return Encoding.UTF8.GetString(_ring, 0, (int)_written);
            var at = (int)(_written % limit);
            var text = Encoding.UTF8.GetString([.. _ring[at..], .. _ring[..at]]);
            return text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..];
        }
    }
}
