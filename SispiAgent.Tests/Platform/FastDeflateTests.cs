using System.IO.Compression;
using SispiAgent.Platform;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Platform;

internal sealed class FastDeflateTests
{
    [Test]
    public void What_it_makes_zlib_reads_back_whatever_the_size_and_the_pieces()
    {
        Requires.That(FastDeflate.IsAvailable, "libisal (Debian's libisal2)");
        var random = new Random(7);
        using var deflate = new FastDeflate(); // one for many streams, as a dump has them
        foreach (var size in new[] { 0, 1, 100, 65_535, 262_144, 262_145, 5_000_000 })
        {
            foreach (var isText in new[] { true, false })
            {
                var bytes = new byte[size];
                random.NextBytes(bytes);
                for (var i = 0; isText && i < size; i++)
                    bytes[i] = (byte)"0123456789\t\n.-ab"[bytes[i] & 15];
                using var packed = new MemoryStream();
                deflate.Begin();
                for (var at = 0; at < size;)
                {
                    var some = Math.Min(random.Next(1, 200_000), size - at);
                    deflate.Add(bytes.AsSpan(at, some), piece => packed.Write(piece));
                    at += some;
                }

                deflate.End(piece => packed.Write(piece));

                packed.Position = 0;
                using var read = new MemoryStream();
                using (var inflate = new ZLibStream(packed, CompressionMode.Decompress, leaveOpen: true))
                    inflate.CopyTo(read);
                Assert.That(read.ToArray().AsSpan().SequenceEqual(bytes), $"{size} bytes");
                if (isText && size > 10_000)
                    Assert.That(packed.Length, Is.LessThan(size * 0.7));
            }
        }
    }
}
