using SispiAgent.Conformance;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Conformance;

/// <summary>The guide on real servers of each version: what is changed by hand, found over SQL and in the files alike, and mended as told.</summary>
[Category("Postgres")]
internal sealed class SettingsOnEachVersionTests
{
    private readonly GuidedHost _host = new();

    [TearDown]
    public void RemoveHost() => _host.Dispose();

    [TestCaseSource(typeof(Versions), nameof(Versions.Majors))]
    public async Task What_was_changed_is_found_over_SQL_and_in_the_files_and_mended_as_told_on(int major)
    {
        await using var server = await GuidedHost.StartAsync(Versions.Require(major));
        var probe = _host.Probe(server);
        Assert.That(await probe.RunAsync(default), Is.Empty);
        Assert.That(InFiles(), Is.Empty);

        (string Name, string Value)[] wrong = [("max_connections", "300"), ("max_wal_senders", "5"), ("wal_level", "logical"), ("log_rotation_age", "1d"), ("search_path", "public"), major >= 13 ? ("wal_keep_size", "512MB") : ("wal_keep_segments", "32")];
        server.Set(wrong);
        await GuidedHost.RestartAsync(server);
        await File.WriteAllLinesAsync(GuidedHost.Hba(server), GuidedHost.Lines.Where((_, at) => at != 3));
        await server.ExecuteAsync("SELECT pg_reload_conf()");

        var findings = (await probe.RunAsync(default)).Where(finding => finding.Code != AccessJudge.Unread).ToArray();
        Assert.That(findings.Where(finding => finding.Code == SettingJudge.Setting).Select(finding => finding.Subject), Is.EquivalentTo(wrong.Select(one => $"server2/{one.Name}")));
        Assert.That(findings.Where(finding => finding.Code != SettingJudge.Setting).Select(finding => (finding.Code, finding.Subject)), Is.EqualTo(new[] { (AccessJudge.Access, "server2/replication dbadmin des10") }));
        Assert.That(InFiles(), Is.EquivalentTo(wrong.Select(one => $"server2/{one.Name}")), "as a standby without hot standby would be judged");
        foreach (var finding in findings)
            Assert.That(await FollowedRemedy.FollowAsync(finding.Remedy, server), Is.True, string.Join(" | ", finding.Remedy));
        await Eventually.TrueAsync(async () => (await probe.RunAsync(default)).Count == 0, "clean look");

        IEnumerable<string> InFiles() => SettingJudge.Judge("server2", SettingsReader.FromFiles(server.DataDirectory), GuidedHost.Guide.For("server2")).Select(finding => finding.Subject);
    }
}
