using System.Text;

namespace SispiAgent.BackupSets;

/// <summary>The encodings of databases, by PostgreSQL's names.</summary>
internal static class DumpEncoding
{
    private static readonly Dictionary<string, string> Known = new()
    {
        ["LATIN1"] = "iso-8859-1", ["LATIN2"] = "iso-8859-2", ["LATIN3"] = "iso-8859-3", ["LATIN4"] = "iso-8859-4", ["LATIN5"] = "iso-8859-9", ["LATIN7"] = "iso-8859-13", ["LATIN9"] = "iso-8859-15",
        ["ISO_8859_5"] = "iso-8859-5", ["ISO_8859_6"] = "iso-8859-6", ["ISO_8859_7"] = "iso-8859-7", ["ISO_8859_8"] = "iso-8859-8", ["KOI8R"] = "koi8-r", ["KOI8U"] = "koi8-u",
        ["EUC_JP"] = "euc-jp", ["EUC_KR"] = "euc-kr", ["EUC_CN"] = "gb2312", ["WIN866"] = "cp866", ["WIN874"] = "windows-874",
        ["WIN1250"] = "windows-1250", ["WIN1251"] = "windows-1251", ["WIN1252"] = "windows-1252", ["WIN1253"] = "windows-1253", ["WIN1254"] = "windows-1254", ["WIN1255"] = "windows-1255", ["WIN1256"] = "windows-1256", ["WIN1257"] = "windows-1257", ["WIN1258"] = "windows-1258",
    };

    /// <summary>The encoding; UTF-8 for SQL_ASCII, whose bytes have no meaning, and for what this platform lacks.</summary>
    public static Encoding Of(string name)
    {
        if (!Known.TryGetValue(name, out var known))
            return Encoding.UTF8;
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(known) ?? Encoding.GetEncoding(known);
        }
        catch (ArgumentException)
        {
            return Encoding.UTF8;
        }
    }
}
