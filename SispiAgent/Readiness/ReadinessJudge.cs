using System.Globalization;
using SispiAgent.Conformance;
using SispiAgent.Findings;
using SispiAgent.Postgres;
using SispiAgent.Room;

namespace SispiAgent.Readiness;

/// <summary>Judges what would happen to the surviving host if the other one died now. Pure: these are a failover's prechecks.</summary>
internal static class ReadinessJudge
{
    /// <summary>Making the trigger file would not promote the standby.</summary>
    public static readonly FindingCode Trigger = new("readiness.trigger");

    /// <summary>There would be too few WAL senders.</summary>
    public static readonly FindingCode Senders = new("readiness.senders");

    /// <summary>A host has no password for replication from the other.</summary>
    public static readonly FindingCode PassFile = new("readiness.pass-file");

    /// <summary>The backup directory can't take the backups.</summary>
    public static readonly FindingCode BackupRoom = new("readiness.backup-room");

    /// <summary>Another host's agent can't be asked over ssh.</summary>
    public static readonly FindingCode Ssh = new("readiness.ssh");

    /// <summary>From here on a trigger file is unknown (release notes of 16).</summary>
    private const int NoTriggerFiles = 160000;

    /// <summary>Everything that can be judged of the survivor.</summary>
    /// <param name="survivor">The host that lives on.</param>
    /// <param name="other">The host that is thought dead.</param>
    /// <param name="plan">What the site says of the survivor.</param>
    /// <param name="around">What the survivor's pg_hba.conf leads to.</param>
    public static IReadOnlyList<ReadinessItem> Judge(Inspection survivor, Inspection other, ReadinessPlan plan, AccessSurroundings around)
    {
        var isStandby = survivor.Role == "standby";
        return
        [
            Streaming(survivor, other, plan),
            .. isStandby ? [JudgeTrigger(survivor, plan.TriggerFile), JudgeParity(survivor, other), .. LockedOut.Judge(survivor, other, plan.Wanted, around)] : Array.Empty<ReadinessItem>(),
            JudgeSenders(survivor, other, plan),
            .. survivor.Passwords.Select(word => JudgePassword(survivor, word)),
            JudgeRoom(survivor, plan),
            Followers(survivor, plan.Mirrors),
        ];
    }

    private static ReadinessItem Streaming(Inspection survivor, Inspection other, ReadinessPlan plan)
    {
        if (survivor.Role != "standby")
            return new("streaming", survivor.Role == "primary", survivor.Role == "primary" ? $"{survivor.Node} is the primary itself and goes on" : $"{survivor.Node} is neither primary nor standby now") { ToldBy = "liveness.server" };
        var lost = WalPosition.TryParse(other.Lsn) is { } written && WalPosition.TryParse(survivor.Lsn) is { } received ? Math.Max(0, written.BytesSince(received, survivor.Settings.Version)) : (long?)null;
        var isWell = survivor.IsReceiving == true && other.Role == "primary";
        var loss = lost is null ? "how much would be lost is not known" : $"at least {ByteSize.Words(lost.Value)} of WAL would be lost";
        return new("streaming", isWell, survivor.IsReceiving == true ? $"{survivor.Node} streams; {loss}" : $"{survivor.Node} receives nothing; {loss}")
        {
            Evidence = [$"{other.Node} ({other.Role ?? "role not known"}) had written up to {other.Lsn ?? "-"}", $"{survivor.Node} is known to have received up to {survivor.Lsn ?? "-"}", .. survivor.Recovery is { UpstreamPlace: { } place } recovery ? [$"it connects to host {recovery.UpstreamHost ?? "(none)"}, port {recovery.UpstreamPort ?? "5432"}, as {recovery.User ?? "(none)"} ({place})"] : Array.Empty<string>()],
            Remedy = [.. Reconnect(survivor, other, plan)],
            ToldBy = "replication.receiver-missing or replication.upstream",
        };
    }

    private static IEnumerable<string> Reconnect(Inspection survivor, Inspection other, ReadinessPlan plan)
    {
        if (other.Role != "primary")
            return [$"{other.Node} is no primary now: sispi-agent status there says what it is."];
        if (survivor.FrozenReceiver is { } frozen)
            return [string.Create(CultureInfo.InvariantCulture, $"Its WAL receiver is stopped by a signal. On {survivor.Node}: kill -CONT {frozen}")];
        var (has, should) = (survivor.Recovery.UpstreamPort, plan.UpstreamPort.ToString(CultureInfo.InvariantCulture));
        if (survivor.Recovery.UpstreamPlace is { } place && (has ?? "5432") != should)
            return [has is null ? $"On {survivor.Node}, in {place}, add port={should}" : $"On {survivor.Node}, in {place}, put port={should} in place of port={has}", $"Then restart the standby: {SettingRemedy.Restart(survivor.Settings)}"];
        return [$"If {other.Node} lives, the standby's log says why it does not connect: the password, {other.Node}'s pg_hba.conf (sispi-agent conformance show, there), the network, or WAL that is gone, which means a re-sync."];
    }

    private static ReadinessItem JudgeTrigger(Inspection survivor, string? wanted)
    {
        var version = survivor.Settings.Version;
        if (version >= NoTriggerFiles)
            return new("trigger", true, "this version has no trigger file: pg_ctl promote, or pg_promote()");
        var (name, file, takesRestart) = version >= 120000 ? ("promote_trigger_file", "postgresql.conf", false) : ("trigger_file", "recovery.conf", true);
        var recovery = survivor.Recovery;
        if (wanted is null && recovery.TriggerFile is null)
            return new("trigger", version >= 90100, version >= 90100 ? "no trigger file is agreed on: pg_ctl promote" : "9.0 knows no other way than a trigger file, and has none") { Code = Trigger, Remedy = [$"Set Readiness:TriggerFiles:{survivor.Node}, and {name} in {file}."] };

        var path = wanted ?? recovery.TriggerFile!;
        string step = takesRestart ? $"Then restart the standby: {SettingRemedy.Restart(survivor.Settings)}" : $"Then: {SettingRemedy.Reload(survivor.Settings)}";
        var (isWell, words, remedy) = recovery switch
        {
            { TriggerFile: null } => (false, $"{survivor.Node}'s server watches for no trigger file; {path} would be made in vain", (string[])[.. Watch(), step]),
            { TriggerFile: { } own } when own != path => (false, $"{survivor.Node}'s server watches for {own}, not for {path}", [.. Watch(), step]),
            { IsTriggerThere: true } => (false, $"{path} lies there already: a restart would promote the standby", [$"On {survivor.Node}: rm {path}"]),
            { IsTriggerFolderWritable: false } => (false, $"the folder of {path} is not there, or PostgreSQL's user can't write to it", [$"On {survivor.Node}, as root: install -d -o postgres -m 0750 {Path.GetDirectoryName(path)}"]),
            _ => (true, $"{path}, as agreed, in a folder that can be written to", []),
        };

        // the file and its folder are looked at every minute elsewhere; here is told what the site has agreed on
        var isOwn = recovery.TriggerFile == path;
        return new("trigger", isWell, words) { Remedy = remedy, Code = isOwn ? null : Trigger, ToldBy = isOwn ? "replication.trigger-file" : null, Effect = $"Whoever makes {path} in haste finds that nothing happens." };

        IReadOnlyList<string> Watch() => takesRestart ? [$"On {survivor.Node}, at the end of {Home(survivor, file)}: {name} = '{path}'"] : SettingRemedy.Put(survivor.Node, name, path, survivor.Settings);
    }

    private static ReadinessItem JudgeParity(Inspection survivor, Inspection other)
    {
        Disparity[] differences = [.. Parity.Differences(other.Settings, survivor.Settings)];
        return new("parity", differences.Length == 0, differences.Length == 0 ? $"the settings that bind it to {other.Node} are equal" : $"{string.Join(", ", differences.Select(one => one.Name))} not as on {other.Node}")
        {
            Evidence = [.. differences.Select(one => $"{one.Name}: {other.Node} {one.Primary}, {survivor.Node} {one.Standby}")],
            Remedy = [.. differences.SelectMany(one => Parity.Order(one, other.Node, survivor.Node, survivor.Settings))],
            ToldBy = $"{Parity.Code} or {SettingJudge.Setting}",
        };
    }

    private static ReadinessItem JudgeSenders(Inspection survivor, Inspection other, ReadinessPlan plan)
    {
        var settings = survivor.Settings;
        var senders = int.TryParse(settings["max_wal_senders"] ?? SettingDefaults.Of("max_wal_senders", settings.Version), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        var level = settings["wal_level"] ?? SettingDefaults.Of("wal_level", settings.Version);
        var needed = plan.Followers.Count + 1; // one for the base backup of a re-sync
        var isFull = survivor.Role == "primary" && survivor.UsedSenders >= senders;
        var enough = Math.Max(needed, survivor.UsedSenders + 1);
        var isWell = senders >= needed && !isFull && level is not "minimal";
        var toldBy = isFull ? null
            : SettingJudge.Compare(settings, plan.Guide).Any(one => !one.IsEqual && one.Name is "max_wal_senders" or "wal_level") ? SettingJudge.Setting.Value
            : survivor.Role == "standby" && Parity.Differences(other.Settings, settings).Any(one => one.Name == "max_wal_senders") ? Parity.Code.Value : null;
        return new("WAL senders", isWell, level is "minimal" ? "wal_level is minimal: nobody could stream from it" : isFull ? $"all {senders} are busy: none is free for a re-sync" : $"{senders}, needed {needed}: {string.Join(", ", plan.Followers)}, and a base backup")
        {
            Code = toldBy is null ? Senders : null,
            ToldBy = toldBy,
            Evidence = isFull ? survivor.Senders : [],
            Effect = isFull ? "Neither a re-sync nor one more standby can begin." : $"Not everybody that should stream from {survivor.Node} could: after a failover to it, or as soon as one begins anew.",
            Remedy =
            [
                .. isFull && senders >= needed ? [$"Which of them is neither a standby nor a mirror, and may be ended? At its end, or on {survivor.Node}: SELECT pg_terminate_backend(PROCESS);", $"If all of them are needed, there have to be {enough}, in the guide too (Conformance:Settings:max_wal_senders):"] : Array.Empty<string>(),
                .. (senders < needed || isFull) && Parity.Binds("max_wal_senders", settings.Version) ? [SettingRemedy.ParityOrder] : Array.Empty<string>(),
                .. level is "minimal" ? SettingRemedy.Put(survivor.Node, "wal_level", SettingRule.ForVersion("wal_level", "hot_standby", settings.Version).Value, settings) : [],
                .. senders < needed || isFull ? SettingRemedy.Put(survivor.Node, "max_wal_senders", enough.ToString(CultureInfo.InvariantCulture), settings) : [],
                $"Then restart the server at a quiet time: {SettingRemedy.Restart(settings)}",
            ],
        };
    }

    private static ReadinessItem JudgePassword(Inspection survivor, PasswordWord word) =>
        new($"password for {word.Node}", word.Has, word.Has ? $"{word.File} has one for replication" : word.Problem ?? $"{word.File} has none for replication from {word.Node}")
        {
            Code = PassFile,
            Effect = survivor.Role == "standby" ? $"Once its connection breaks, {survivor.Node} can't stream from {word.Node} again." : $"After a failover, {survivor.Node} could not stream from {word.Node}.",
            Remedy = [$"On {survivor.Node}, as PostgreSQL's user, if there is none yet, a line in {word.File}: {word.Line}", $"Then: chmod 600 {word.File}"],
        };

    private static ReadinessItem JudgeRoom(Inspection survivor, ReadinessPlan plan)
    {
        var room = survivor.Room;
        var needed = room.SetBytes * plan.RoomFactor;
        var isTold = room.IsWritable && plan.IsBackupDiskTold;
        return new("backup room", room.IsWritable && room.FreeBytes >= needed, !room.IsWritable
            ? $"{room.Directory} is not there, or the agent can't write to it"
            : $"{ByteSize.Words(room.FreeBytes)} free in {room.Directory}; {(room.SetBytes == 0 ? "no set yet to measure by" : $"{plan.RoomFactor} sets like the newest take {ByteSize.Words(needed)}")}")
        {
            Code = isTold ? null : BackupRoom,
            ToldBy = isTold ? SpaceJudge.Disk.Value : null,
            Effect = survivor.Role == "standby" ? "The copies of the other host's sets have no place; after a failover the Sunday backup has none." : "The Sunday backup would fail.",
            Remedy = room.IsWritable ? [$"Make room on the disk of {room.Directory}; which sets there are: sispi-agent backup list"] : [$"On {survivor.Node}, as root: install -d -o postgres -m 0750 {room.Directory}"],
        };
    }

    /// <summary>Who can follow is the version's, and no fault: said, never red.</summary>
    private static ReadinessItem Followers(Inspection survivor, IReadOnlyList<string> mirrors) => new("mirrors", true, mirrors.Count == 0 ? "there are none" : survivor.Settings.Version switch
    {
        < 90300 => $"{string.Join(", ", mirrors)} can't follow a promotion on this version without an archive of WAL (9.3 is the first that can): made anew afterwards",
        < 120000 => $"{string.Join(", ", mirrors)} can follow if recovery_target_timeline is 'latest' in recovery.conf there, pointed at {survivor.Node}",
        _ => $"{string.Join(", ", mirrors)} can follow, pointed at {survivor.Node}",
    });

    private static string Home(Inspection survivor, string file) =>
        file == "recovery.conf" ? survivor.Recovery.File ?? Path.Combine(survivor.Settings.DataDirectory, file) : survivor.Settings["config_file"] ?? Path.Combine(survivor.Settings.DataDirectory, file);
}

/// <summary>What the site says of a survivor.</summary>
/// <param name="TriggerFile">The trigger file that its script makes; <see langword="null"/>: none is agreed on.</param>
/// <param name="Followers">Who would stream from it.</param>
/// <param name="Mirrors">Those of them that have no agent.</param>
/// <param name="RoomFactor">For how many backup sets there has to be room.</param>
/// <param name="UpstreamPort">The other host's port.</param>
/// <param name="Guide">The survivor's settings in the guide: what differs from them is told as that.</param>
/// <param name="Wanted">The guide's lines in the survivor's pg_hba.conf: what is missing of them is told as that.</param>
internal sealed record ReadinessPlan(
    string? TriggerFile, IReadOnlyList<string> Followers, IReadOnlyList<string> Mirrors, int RoomFactor, int UpstreamPort, IReadOnlyDictionary<string, string> Guide, IReadOnlyList<WantedAccess> Wanted)
{
    /// <summary>Whether the file system of its backup sets is told as running full.</summary>
    public bool IsBackupDiskTold { get; init; }
}
