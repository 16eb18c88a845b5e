using System.Buffers.Binary;
using SispiAgent.Platform;

namespace SispiAgent.BackupSets;

/// <summary>
/// Writes a custom-format dump that pg_dump -Z0 sends through a pipe as pg_dump -Z1 would have written it to a file: the rows of each part as a zlib stream, and in the
/// table of contents where each part begins. The format is that of pg_dump 12 to 15, version 1.14 (pg_backup_archiver.c and pg_backup_custom.c there).
/// </summary>
internal static class DumpPacker
{
    private const byte CustomFormat = 1, Rows = 1, LargeObjects = 3, PlaceIsSet = 2, IntBytes = 4, PlaceBytes = 8;

    /// <summary>Whether the dumps of a pg_dump are of the format that is known here.</summary>
    /// <param name="major">Its major version.</param>
    public static bool Knows(int major) => major is >= 12 and <= 15;

    /// <summary>Writes it.</summary>
    /// <param name="input">What pg_dump sends.</param>
    /// <param name="output">The file.</param>
    /// <exception cref="EndOfStreamException">What came is cut off.</exception>
    /// <exception cref="InvalidDataException">It is no dump of this format.</exception>
    public static void Pack(Stream input, Stream output)
    {
        using var copy = new DumpCopy(input, output);
        using var deflate = new FastDeflate();
        var places = Outline(copy);
        List<(long Place, long Begin)> found = [];
        while (!copy.IsAtEnd)
        {
            var begin = copy.Written;
            var kind = copy.CopyByte();
            found.Add((places.GetValueOrDefault(copy.CopyInt(), -1), begin));
            if (kind is not (Rows or LargeObjects) || found[^1].Place < 0)
                throw new InvalidDataException($"pg_dump has sent a part that its table of contents does not have, at byte {begin}.");
            if (kind is Rows)
                Stream(copy, deflate);
            else
                while (copy.CopyInt() != 0) // each large object by its number
                    Stream(copy, deflate);
        }

        Span<byte> bytes = stackalloc byte[1 + PlaceBytes];
        bytes[0] = PlaceIsSet;
        foreach (var (place, begin) in found)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes[1..], begin);
            output.Position = place;
            output.Write(bytes);
        }
    }

    /// <summary>Rows come as chunks, each with its length, and a length of 0 ends them. Without any there is a stream too: pg_restore expects one.</summary>
    private static void Stream(DumpCopy copy, FastDeflate deflate)
    {
        deflate.Begin();
        for (var length = copy.TakeInt(); length != 0; length = copy.TakeInt())
        {
            if (length < 0)
                throw new InvalidDataException($"pg_dump has sent a chunk of {length} bytes.");
            for (var left = length; left > 0;)
            {
                var some = copy.TakeSome(left);
                left -= some.Length;
                deflate.Add(some, Chunk);
            }
        }

        deflate.End(Chunk);
        copy.WriteInt(0);

        void Chunk(ReadOnlySpan<byte> piece)
        {
            copy.WriteInt(piece.Length);
            copy.Write(piece);
        }
    }

    /// <summary>Copies all before the parts, with another level of compression, and tells where each entry says the place of its part.</summary>
    private static Dictionary<int, long> Outline(DumpCopy copy)
    {
        Span<byte> head = stackalloc byte[11];
        foreach (ref var one in head)
            one = copy.TakeByte();
        if (!head.StartsWith("PGDMP"u8) || (head[5], head[6]) is not (1, 14) || head[8..] is not [IntBytes, PlaceBytes, CustomFormat] || copy.TakeInt() != 0)
            throw new InvalidDataException($"pg_dump has sent something else than an uncompressed dump of version 1.14: it begins with {Convert.ToHexString(head)}.");
        copy.Write(head);
        copy.WriteInt(1);
        for (var i = 0; i < 7; i++)
            copy.CopyInt(); // when it was begun
        for (var i = 0; i < 3; i++)
            copy.CopyText(); // the database, and the versions of both programs
        Dictionary<int, long> places = [];
        for (var left = copy.CopyInt(); left > 0; left--)
        {
            var id = copy.CopyInt();
            copy.CopyInt(); // whether it has a part
            for (var i = 0; i < 4; i++)
                copy.CopyText(); // its numbers in the catalog, its name, its kind
            copy.CopyInt(); // its section
            for (var i = 0; i < 8; i++)
                copy.CopyText(); // three statements, schema, tablespace, access method, owner, and what once was WITH OIDS
            while (copy.CopyText())
            {
                // what it depends on
            }

            places[id] = copy.Written;
            copy.Copy(1 + PlaceBytes);
        }

        return places;
    }
}
