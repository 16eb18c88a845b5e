using System.Runtime.InteropServices;

namespace SispiAgent.Platform;

/// <summary>
/// zlib streams made by ISA-L (https://github.com/intel/isa-l, igzip_lib.h), level 1: the size that zlib has at level 1, in a quarter of its time. The library, Debian's
/// libisal2, is not on every host: <see cref="IsAvailable"/>.
/// </summary>
internal sealed unsafe partial class FastDeflate : IDisposable
{
    private const string Library = "libisal.so.2";
    private const ushort Zlib = 3;

    /// <summary>isal_zstream is some 90 kB, its buffer for level 1 at most 533 kB; the rest is caution.</summary>
    private const int StreamBytes = 1 << 20, LevelBytes = 1 << 20, InputBytes = 256 << 10, OutputBytes = 64 << 10;

    private static readonly Lazy<bool> Loaded = new(() => OperatingSystem.IsLinux() && NativeLibrary.TryLoad(Library, out _));

    private readonly byte* _memory = (byte*)NativeMemory.AllocZeroed(StreamBytes + LevelBytes + InputBytes + OutputBytes);
    private int _staged;

    /// <summary>Who takes a piece of a compressed stream.</summary>
    /// <param name="piece">It; gone after the call.</param>
    internal delegate void Taker(ReadOnlySpan<byte> piece);

    /// <summary>Whether this host has the library.</summary>
    public static bool IsAvailable => Loaded.Value;

    private Head* Stream => (Head*)_memory;

    private byte* Input => _memory + StreamBytes + LevelBytes;

    private byte* Output => Input + InputBytes;

    /// <summary>Begins a stream.</summary>
    public void Begin()
    {
        Initialize(_memory);
        (Stream->Level, Stream->LevelBufferSize, Stream->GzipFlag) = (1, LevelBytes, Zlib);
        Stream->LevelBuffer = _memory + StreamBytes;
        _staged = 0;
    }

    /// <summary>Goes on with it; short pieces are gathered.</summary>
    public void Add(ReadOnlySpan<byte> bytes, Taker taker)
    {
        while (bytes.Length > 0)
        {
            var some = Math.Min(bytes.Length, InputBytes - _staged);
            bytes[..some].CopyTo(new Span<byte>(Input + _staged, some));
            bytes = bytes[some..];
            _staged += some;
            if (_staged == InputBytes)
                Deflate(isLast: false, taker);
        }
    }

    /// <summary>Ends it: what was added can be read back whole.</summary>
    public void End(Taker taker) => Deflate(isLast: true, taker);

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.Free(_memory);

    private void Deflate(bool isLast, Taker taker)
    {
        var stream = Stream;
        stream->NextIn = Input;
        (stream->AvailableIn, stream->EndOfStream) = ((uint)_staged, isLast ? (ushort)1 : (ushort)0);
        do
        {
            stream->NextOut = Output;
            stream->AvailableOut = OutputBytes;
            if (Compress(_memory) is var code and not 0)
                throw new IOException($"libisal refused to compress: code {code}.");
            if (stream->AvailableOut < OutputBytes)
                taker(new(Output, OutputBytes - (int)stream->AvailableOut));
        }
        while (stream->AvailableOut == 0 || stream->AvailableIn > 0);

        _staged = 0;
    }

    [LibraryImport(Library, EntryPoint = "isal_deflate_init")]
    private static partial void Initialize(byte* stream);

    [LibraryImport(Library, EntryPoint = "isal_deflate")]
    private static partial int Compress(byte* stream);

    /// <summary>How isal_zstream begins; what follows is the library's own.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Head
    {
        public byte* NextIn;
        public uint AvailableIn;
        public uint TotalIn;
        public byte* NextOut;
        public uint AvailableOut;
        public uint TotalOut;
        public void* HuffmanTables;
        public uint Level;
        public uint LevelBufferSize;
        public byte* LevelBuffer;
        public ushort EndOfStream;
        public ushort Flush;
        public ushort GzipFlag;
        public ushort HistoryBits;
    }
}
