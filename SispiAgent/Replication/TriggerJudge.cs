using SispiAgent.Findings;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>Judges the file whose presence promotes a standby (up to 15). Pure.</summary>
internal static class TriggerJudge
{
    /// <summary>The trigger file lies about, or can't be made.</summary>
    public static readonly FindingCode Code = new("replication.trigger-file");

    /// <summary>Judges it.</summary>
    /// <param name="node">Its host's name.</param>
    /// <param name="role">What it is now.</param>
    /// <param name="recovery">What its files say.</param>
    /// <param name="agreed">The path that the site agreed on, if there is one: that the server watches for another is told as that, and the other one's folder matters to nobody.</param>
    public static Finding? Judge(string node, ServerRole role, RecoverySettings recovery, string? agreed)
    {
        if (recovery.TriggerFile is not { } path)
            return null;
        var isStandby = role is ServerRole.Standby;
        if (recovery.IsTriggerThere)
        {
            return new Finding(Code, node, isStandby ? Severity.Critical : Severity.Warning, isStandby ? "would be promoted at its next start: the trigger file is there" : "a trigger file lies about on the primary")
            {
                State = "there",
                Evidence = [$"{path} is there, as {Source(recovery)} names it"],
                Effect = isStandby ? "When it is restarted, or reads its settings again, it becomes a second primary." : "It does nothing now. When this server is made a standby, it would be promoted again at once.",
                Remedy = [$"On {node}, as PostgreSQL's user, unless you mean to promote it: rm {path}"],
            };
        }

        if (!isStandby || recovery.IsTriggerFolderWritable || (agreed is not null && agreed != path))
            return null;
        var folder = Path.GetDirectoryName(path)!;
        return new Finding(Code, node, Severity.Warning, "the trigger file could not be made: a failover would be in vain")
        {
            State = "folder",
            Evidence = [$"{folder} is not there, or PostgreSQL's user can't write to it", $"the standby watches for {path}"],
            Effect = "Whoever promotes it in haste finds that nothing happens; and a file that root makes there can't be taken away by the server.",
            Remedy = [$"On {node}, as root: install -d -o postgres -m 0750 {folder}"],
        };
    }

    private static string Source(RecoverySettings recovery) => recovery.Version >= RecoverySettings.Signals ? "promote_trigger_file" : recovery.HasRecoveryFile ? "recovery.conf" : "recovery.done";
}
