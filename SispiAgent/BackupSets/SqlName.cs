namespace SispiAgent.BackupSets;

/// <summary>Names in SQL.</summary>
internal static class SqlName
{
    /// <summary>A name as it is taken literally, whatever is in it.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
