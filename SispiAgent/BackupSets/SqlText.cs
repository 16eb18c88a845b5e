namespace SispiAgent.BackupSets;

/// <summary>Names and literals of SQL as bytes, in any encoding that a server can have.</summary>
internal static class SqlText
{
    /// <summary>The name that a text begins with.</summary>
    /// <param name="text">In quotes or not.</param>
    /// <param name="rest">What comes after it.</param>
    /// <returns><see langword="null"/> if it begins with none.</returns>
    public static byte[]? Name(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> rest)
    {
        if (text.StartsWith("\""u8))
            return Quoted(text[1..], (byte)'"', escapes: false, out rest);
        var length = 0;
        while (length < text.Length && (text[length] is (byte)'_' or (byte)'$' or >= 0x80 || char.IsAsciiLetterOrDigit((char)text[length])))
            length++;
        rest = text[length..];
        return length == 0 ? null : text[..length].ToArray();
    }

    /// <summary>The literal that a text begins with.</summary>
    /// <param name="text">With or without E before it.</param>
    /// <param name="hasStandardStrings">Whether a backslash means itself where there is no E.</param>
    /// <param name="rest">What comes after it.</param>
    /// <returns><see langword="null"/> if it begins with none.</returns>
    public static byte[]? Literal(ReadOnlySpan<byte> text, bool hasStandardStrings, out ReadOnlySpan<byte> rest)
    {
        var escapes = text.StartsWith("E'"u8);
        rest = text;
        var quoted = text[(escapes ? 1 : 0)..];
        return quoted.StartsWith("'"u8) ? Quoted(quoted[1..], (byte)'\'', escapes || !hasStandardStrings, out rest) : null;
    }

    private static byte[]? Quoted(ReadOnlySpan<byte> text, byte quote, bool escapes, out ReadOnlySpan<byte> rest)
    {
        List<byte> name = [];
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == quote)
            {
                if (i + 1 >= text.Length || text[i + 1] != quote)
                {
                    rest = text[(i + 1)..];
                    return [.. name];
                }

                i++;
            }
            else if (escapes && text[i] == '\\' && i + 1 < text.Length)
            {
                i++; // pg_dump doubles a backslash and writes no other escape
            }

            name.Add(text[i]);
        }

        rest = default;
        return null;
    }
}
