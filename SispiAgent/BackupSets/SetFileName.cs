using System.Text;

namespace SispiAgent.BackupSets;

/// <summary>Names of a set's files from names of the database, which may hold anything: safe in every shell and file system, and unique.</summary>
internal static class SetFileName
{
    /// <summary>The file of a database's unit: <c>decam_prd.whole.dump</c>.</summary>
    public static string Dump(string database, string unit) => $"{Safe(database)}.{Safe(unit)}.dump";

    /// <summary>A name with every byte that is not a lower-case letter, a digit or an underscore written as <c>=XX</c>: capitals too, for file systems that don't tell them apart.</summary>
    public static string Safe(string name)
    {
        var safe = new StringBuilder();
        foreach (var value in Encoding.UTF8.GetBytes(name))
        {
            if (char.IsAsciiLetterLower((char)value) || char.IsAsciiDigit((char)value) || value == '_')
                safe.Append((char)value);
            else
                safe.Append('=').Append(value.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return safe.ToString();
    }
}
