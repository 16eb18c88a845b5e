namespace SispiAgent.Backup;

/// <summary>Another run of this cluster is at work: nothing is wrong, this one just does not begin.</summary>
internal sealed class BackupBusyException() : Exception("A backup of this cluster runs already.")
{
    /// <summary>How to see it.</summary>
    public string Hint { get; } = "Wait for it. See it: SELECT * FROM pg_stat_activity WHERE application_name LIKE 'sispi-agent backup%'";
}
