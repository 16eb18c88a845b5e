using System.Text;
using SispiAgent.BackupSets;

namespace SispiAgent.Restore;

/// <summary>A table as an operator writes it: <c>exposure.exposure</c>, <c>"Odd Schema"."a.b"</c>. Unlike SQL, capitals need no quotes.</summary>
internal static class TableName
{
    /// <summary>Takes it apart.</summary>
    /// <returns><see langword="null"/> if it is not a schema and a table.</returns>
    public static SetView? TryParse(string text)
    {
        List<string> parts = [];
        var part = new StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"' && isQuoted && i + 1 < text.Length && text[i + 1] == '"')
                part.Append(text[i++]);
            else if (text[i] == '"')
                isQuoted = !isQuoted;
            else if (text[i] == '.' && !isQuoted)
                Next();
            else
                part.Append(text[i]);
        }

        Next();
        return !isQuoted && parts is [{ Length: > 0 } schema, { Length: > 0 } name] ? new(schema, name) : null;

        void Next()
        {
            parts.Add(part.ToString());
            part.Clear();
        }
    }
}
