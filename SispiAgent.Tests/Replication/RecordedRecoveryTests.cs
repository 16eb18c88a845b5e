using SispiAgent.Postgres;
using SispiAgent.Replication;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Replication;

/// <summary>The data directories of recorded servers, 9.0 and later: standbys as they run, and after a promotion.</summary>
internal sealed class RecordedRecoveryTests
{
    private static string[] Versions => Recorded.Versions("files-promoted.txt");

    [TestCaseSource(nameof(Versions))]
    public void A_standbys_own_files_fit_it_and_would_not_fit_a_primary(string version)
    {
        var recovery = Read(version, "files.txt");

        Assert.That(RecoveryJudge.JudgeFile("server3", recovery, isRunning: true), Is.Null);
        Assert.That(RecoveryJudge.JudgeRole("server3", ServerRole.Standby, recovery, isReceiving: true, null), Is.Null);
        Assert.That(RecoveryJudge.JudgeRole("server3", ServerRole.Primary, recovery, isReceiving: false, null)?.Code, Is.EqualTo(RecoveryJudge.RoleAtRestart));
        if (Recorded.Number(version) >= RecoverySettings.Signals)
            return;
        Assert.That((recovery.Upstream!["host"], recovery.Upstream["user"], recovery.UpstreamLine!.Line), Is.EqualTo(("127.0.0.1", "postgres", 2)));
        Assert.That(recovery.TriggerFile, Is.EqualTo("/raid3/database/sispi_db.trigger"));
    }

    [TestCaseSource(nameof(Versions))]
    public void What_a_promotion_leaves_behind_fits_a_primary_and_would_not_fit_a_standby(string version)
    {
        var recovery = Read(version, "files-promoted.txt");

        Assert.That(RecoveryJudge.JudgeRole("server3", ServerRole.Primary, recovery, isReceiving: false, null), Is.Null);
        Assert.That(RecoveryJudge.JudgeRole("server3", ServerRole.Standby, recovery, isReceiving: true, null)?.Code, Is.EqualTo(RecoveryJudge.RoleAtRestart));
    }

    private static RecoverySettings Read(string version, string files)
    {
        using var folder = new TempFolder();
        foreach (var name in Recorded.Lines(version, files).Where(name => name.Contains('.', StringComparison.Ordinal)))
            File.WriteAllText(folder[name], name is "recovery.conf" or "recovery.done" ? Recorded.Text(version, "standby.recovery.conf") : "");
        return RecoverySettings.Read(folder.Folder, Recorded.Number(version), new Dictionary<string, SettingEntry>());
    }
}
