using SispiAgent.Findings;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>Judges what a server would become at its next start. Pure.</summary>
internal static class RecoveryJudge
{
    /// <summary>A <c>recovery.conf</c> lies in a data directory of 12 or later.</summary>
    public static readonly FindingCode RecoveryFile = new("replication.recovery-file");

    /// <summary>At its next start the server would change its role.</summary>
    public static readonly FindingCode RoleAtRestart = new("replication.role-at-restart");

    /// <summary>Judges whether it would start at all.</summary>
    public static Finding? JudgeFile(string node, RecoverySettings recovery, bool isRunning) => !recovery.HasRecoveryFile || recovery.Version < RecoverySettings.Signals ? null
        : new Finding(RecoveryFile, node, Severity.Critical, isRunning ? "would not start again: recovery.conf is in its way" : "does not start: recovery.conf is in its way")
        {
            State = isRunning ? "" : "down",
            Evidence = [$"{recovery.RecoveryFile} is there", $"the data directory is of PostgreSQL {recovery.Version / 10000}: from 12 on a server refuses to start with that file"],
            Effect = isRunning ? "The next restart, or the host's next boot, ends with a server that is down." : "The server stays down until the file is gone.",
            Remedy =
            [
                $"On {node}, as PostgreSQL's user: mv {recovery.RecoveryFile} {recovery.RecoveryFile}.old",
                $"What it said belongs in postgresql.conf; a standby is made one by {Path.Combine(recovery.DataDirectory, "standby.signal")}.",
            ],
        };

    /// <summary>Judges whether it would start as what it is now.</summary>
    /// <param name="node">Its host's name.</param>
    /// <param name="role">What it is now.</param>
    /// <param name="recovery">What its files say.</param>
    /// <param name="isReceiving">On a standby: whether its WAL receiver is there.</param>
    /// <param name="primary">The primary's address and port, where it is known.</param>
    public static Finding? JudgeRole(string node, ServerRole role, RecoverySettings recovery, bool isReceiving, string? primary) =>
        role is ServerRole.Primary ? JudgePrimary(node, recovery) : JudgeStandby(node, recovery, isReceiving, primary);

    private static Finding? JudgePrimary(string node, RecoverySettings recovery)
    {
        string? file = recovery.Version < RecoverySettings.Signals ? recovery.HasRecoveryFile ? "recovery.conf" : null
            : recovery.HasStandbySignal ? "standby.signal" : recovery.HasRecoverySignal ? "recovery.signal" : null;
        if (file is null)
            return null;
        var path = Path.Combine(recovery.DataDirectory, file);
        return new Finding(RoleAtRestart, node, Severity.Critical, $"the primary would not be one after its next start: {file} is there")
        {
            State = file,
            Evidence = [$"{node} is a running primary, and {path} is there"],
            Effect = file == "recovery.signal" ? "At its next start it would begin a recovery, and fail where restore_command is missing." : "At its next start it would be a standby: nothing could be written.",
            Remedy = [$"On {node}, as PostgreSQL's user, unless it is to become a standby: {(file == "recovery.conf" ? $"mv {path} {Path.Combine(recovery.DataDirectory, "recovery.done")}" : $"rm {path}")}"],
        };
    }

    private static Finding? JudgeStandby(string node, RecoverySettings recovery, bool isReceiving, string? primary)
    {
        var isOld = recovery.Version < RecoverySettings.Signals;
        if (recovery.Marker is not null && (!isOld || recovery.IsStandbyMode))
            return null;
        if (isOld && recovery is { HasRecoveryFile: false, HasRecoveryDone: true } && !isReceiving)
            return null; // it is being promoted: up to 9.2 the checkpoint after that takes its time
        if (isOld && recovery.HasRecoveryFile)
        {
            return new Finding(RoleAtRestart, node, Severity.Critical, "the standby would not be one after its next start: standby_mode is not on")
            {
                State = "standby_mode",
                Evidence = [$"{node} is a running standby, and {recovery.RecoveryFile} does not say standby_mode = 'on'"],
                Effect = recovery.HasRestoreCommand ? "After its next start it would end its recovery and be a second primary." : "It would not start again: without standby_mode a restore_command is demanded.",
                Remedy = [$"On {node}, at the end of {recovery.RecoveryFile}: standby_mode = 'on'"],
            };
        }

        var name = isOld ? "recovery.conf" : "standby.signal";
        return new Finding(RoleAtRestart, node, Severity.Critical, $"the standby would be a second primary after its next start: {name} is missing")
        {
            State = name,
            Evidence = [$"{node} is a running standby, and {Path.Combine(recovery.DataDirectory, name)} is not there{(recovery is { HasRecoverySignal: true } ? "; recovery.signal alone makes a server that ends its recovery" : "")}"],
            Effect = "It goes on as a standby until it is restarted, or its host boots. Then it accepts writes beside the primary.",
            Remedy = isOld
                ? [$"On {node}, before any restart, at the end of {recovery.RecoveryFile}: standby_mode = 'on'", $"On {node}, at the end of {recovery.RecoveryFile}: primary_conninfo = '{primary ?? "host=PRIMARY port=5442"} user=dbadmin'", "Its trigger_file line too, if there was one (guide, Database Replication, step 4)."]
                : [$"On {node}, as PostgreSQL's user, before any restart: touch {Path.Combine(recovery.DataDirectory, name)}"],
        };
    }
}
