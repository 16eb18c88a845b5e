using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SispiAgent.BackupSets;

/// <summary>Names of a set's files from names of the database, which may hold anything: safe in every shell and file system, and unique.</summary>
internal static class SetFileName
{
    /// <summary>Longer parts are cut: three of them and their dots stay below the 255 bytes that file systems allow.</summary>
    private const int LongestPart = 72;

    /// <summary>The file of a database's unit: <c>decam_prd.table.exposure.image.dump</c>. The first part says what kind of name follows, so no two units share one.</summary>
    public static string Dump(string database, params IEnumerable<string> parts) => $"{string.Join('.', [Short(database), .. parts.Select(Short)])}.dump";

    /// <summary>The file of what objects a database has.</summary>
    public static string Objects(string database) => $"{Short(database)}.objects.tsv";

    /// <summary>A name with every byte that is not a lower-case letter, a digit or an underscore written as <c>=XX</c>: capitals too, for file systems that don't tell them apart.</summary>
    public static string Safe(string name)
    {
        var safe = new StringBuilder();
        foreach (var value in Encoding.UTF8.GetBytes(name))
        {
            if (char.IsAsciiLetterLower((char)value) || char.IsAsciiDigit((char)value) || value == '_')
                safe.Append((char)value);
            else
                safe.Append('=').Append(value.ToString("X2", CultureInfo.InvariantCulture));
        }

        return safe.ToString();
    }

    /// <summary>A safe name of bounded length: what is cut off is told apart by a hash, after a dash that no other name holds.</summary>
    private static string Short(string name)
    {
        var safe = Safe(name);
        return safe.Length <= LongestPart ? safe : $"{safe[..(LongestPart - 17)]}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..16]}";
    }
}
