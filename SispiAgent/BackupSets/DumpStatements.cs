using System.Buffers.Text;
using System.Text;

namespace SispiAgent.BackupSets;

/// <summary>What the statements between the COPY blocks of a dump say. Their form is pg_dump's, of any version since 9.0.</summary>
internal sealed class DumpStatements
{
    private readonly List<SetSequence> _sequences = [];
    private readonly List<long> _largeObjects = [];
    private Encoding _encoding = Encoding.UTF8;
    private string _schema = "";

    /// <summary>The values of sequences.</summary>
    public IReadOnlyList<SetSequence> Sequences => _sequences;

    /// <summary>The large objects that are opened to be written.</summary>
    public IReadOnlyList<long> LargeObjects => _largeObjects;

    /// <summary>How many statements looked like one of these, and could not be read.</summary>
    public int Unread { get; private set; }

    /// <summary>Whether a backslash in a literal without E is a backslash.</summary>
    public bool HasStandardStrings { get; private set; } = true;

    /// <summary>Reads one statement, or its beginning.</summary>
    /// <returns>Whether rows follow.</returns>
    public bool Read(ReadOnlySpan<byte> statement)
    {
        if (statement.StartsWith("COPY "u8))
            return true;
        if (After(statement, "SELECT pg_catalog.setval("u8, out var arguments))
            Sequence(arguments);
        else if (After(statement, "SELECT pg_catalog.lo_open("u8, out arguments))
            LargeObject(arguments);
        else if (After(statement, "SET standard_conforming_strings = "u8, out var value))
            HasStandardStrings = !value.StartsWith("off"u8);
        else if (After(statement, "SET client_encoding = "u8, out value))
            _encoding = DumpEncoding.Of(Encoding.ASCII.GetString(value).Trim('\'', ';'));
        else if (After(statement, "SET search_path = "u8, out value))
            _schema = SqlText.Name(value, out _) is { } name ? _encoding.GetString(name) : "";
        return false;
    }

    /// <summary>Up to 10.2 the name stands alone, and the schema is the search path's.</summary>
    private void Sequence(ReadOnlySpan<byte> arguments)
    {
        if (SqlText.Literal(arguments, HasStandardStrings, out var rest) is { } literal && SqlText.Name(literal, out var more) is { } first && After(rest, ", "u8, out var number)
            && Utf8Parser.TryParse(number, out long value, out var length))
        {
            var second = more.StartsWith("."u8) ? SqlText.Name(more[1..], out more) : null;
            var (schema, name) = second is null ? (_schema, _encoding.GetString(first)) : (_encoding.GetString(first), _encoding.GetString(second));
            var called = number[length..];
            if (more.IsEmpty && (called.SequenceEqual(", true);"u8) || called.SequenceEqual(", false);"u8)))
            {
                _sequences.Add(new(schema, name, value, called.SequenceEqual(", true);"u8)));
                return;
            }
        }

        Unread++;
    }

    /// <summary>An old dump's are created in the same statement: <c>lo_open(pg_catalog.lo_create('4711'), …)</c>.</summary>
    private void LargeObject(ReadOnlySpan<byte> arguments)
    {
        if (After(arguments, "pg_catalog.lo_create("u8, out var inner))
            arguments = inner;
        if (SqlText.Literal(arguments, HasStandardStrings, out _) is { } literal && Utf8Parser.TryParse(literal, out long oid, out var length) && length == literal.Length)
            _largeObjects.Add(oid);
        else
            Unread++;
    }

    private static bool After(ReadOnlySpan<byte> text, ReadOnlySpan<byte> prefix, out ReadOnlySpan<byte> rest)
    {
        var starts = text.StartsWith(prefix);
        rest = starts ? text[prefix.Length..] : default;
        return starts;
    }
}
