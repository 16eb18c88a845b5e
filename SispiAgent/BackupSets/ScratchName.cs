namespace SispiAgent.BackupSets;

/// <summary>The names of databases that only a restore uses, as long as it lasts. No backup dumps them.</summary>
internal static class ScratchName
{
    /// <summary>How they begin.</summary>
    public const string Prefix = "sispi_restore_";

    /// <summary>All of them and nothing else, as a regular expression of PostgreSQL.</summary>
    public const string Pattern = "^sispi_restore_((model|rows)_)?[0-9a-f]{12,32}$";
}
