using SispiAgent.Postgres;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Postgres;

/// <summary>Every recorded file of every version is read right.</summary>
internal sealed class RecordedTests
{
    private static IEnumerable<object[]> Titles() =>
        from file in new[]
        {
            "primary", "primary-idle", "primary-alone", "primary-cluster-name", "primary-notitles", "standby-hot", "standby-hot-cluster-name", "standby-hot-notitles",
            "standby-nothot", "standby-nothot-idle", "standby-nothot-cluster-name", "standby-nothot-notitles",
        }
        from version in Recorded.Versions($"{file}.titles.txt")
        select new object[] { version, file };

    private static IEnumerable<object[]> Controls() =>
        from expected in new[]
        {
            ("primary", ControlState.InProduction), ("standby", ControlState.InRecovery), ("stopped-primary", ControlState.ShutDown),
            ("stopped-standby", ControlState.ShutDownInRecovery), ("promoted", ControlState.InProduction),
        }
        from version in Recorded.Versions($"{expected.Item1}.controldata.txt")
        select new object[] { version, expected.Item1, expected.Item2 };

    [TestCaseSource(nameof(Titles))]
    public void Titles_tell_sender_receiver_and_startup(string version, string file)
    {
        var evidence = Evidence(version, $"{file}.titles.txt", null, null);

        Assert.That(evidence.Senders.Count(), Is.EqualTo(file is "primary-alone" || !file.StartsWith("primary", StringComparison.Ordinal) ? 0 : 1));
        Assert.That(evidence.Receiver is not null, Is.EqualTo(file.StartsWith("standby", StringComparison.Ordinal)));
        Assert.That(evidence.HasStartupProcess, Is.EqualTo(file.StartsWith("standby", StringComparison.Ordinal)));
        if (evidence.Senders.FirstOrDefault() is { } sender)
            Assert.That(sender.Client, Is.EqualTo("127.0.0.1"));
        if (file is "primary" or "primary-cluster-name")
            Assert.That(evidence.Senders.Single().Position, Is.Not.Null);
    }

    [TestCaseSource(nameof(Controls))]
    public void Control_data_tells_state_timeline_and_identity(string version, string file, ControlState state)
    {
        var text = Recorded.Text(version, $"{file}.controldata.txt");

        var control = ControlFile.Parse(text);

        Assert.That(control.State, Is.EqualTo(state));
        Assert.That(text, Does.Contain(control.SystemIdentifier));
        Assert.That(control.SystemIdentifier, Has.Length.GreaterThan(15));
        Assert.That(control.Timeline, Is.GreaterThanOrEqualTo(1));
        Assert.That(control.CheckpointPosition, Is.Not.Null);
        if (file != "promoted") // up to 9.2 it stays until the next checkpoint
            Assert.That(control.MinimumRecoveryEnd is not null, Is.EqualTo(state is ControlState.InRecovery or ControlState.ShutDownInRecovery));
    }

    [Test]
    public void A_pid_file_of_any_version_names_the_postmaster()
    {
        Assert.Multiple(() =>
        {
            foreach (var version in Recorded.Versions("primary.postmaster.pid"))
            {
                Assert.That(PidFile(version, "primary").ProcessId, Is.EqualTo(Recorded.Processes(version, "primary.titles.txt")[0].Id), version);
                var tells = Recorded.Number(version) >= 100000;
                Assert.That(PidFile(version, "primary").Status, Is.EqualTo(tells ? "ready" : null), version);
                Assert.That(PidFile(version, "standby-hot").Status, Is.EqualTo(tells ? "ready" : null), version);
                Assert.That(PidFile(version, "standby-nothot").Status, Is.EqualTo(tells ? "standby" : null), version);
            }
        });
        Assert.That(Recorded.Versions("primary.postmaster.pid"), Has.Length.EqualTo(16));
    }

    [Test]
    public void A_standby_without_hot_standby_is_known_as_a_working_one()
    {
        Assert.Multiple(() =>
        {
            foreach (var version in Recorded.Versions("standby-nothot.titles.txt"))
            {
                var control = Recorded.Versions("standby.controldata.txt").Contains(version) ? ControlFile.Parse(Recorded.Text(version, "standby.controldata.txt")) : null;
                foreach (var file in new[] { "standby-nothot", "standby-nothot-idle" })
                    Assert.That(Evidence(version, $"{file}.titles.txt", PidFile(version, "standby-nothot"), control).IsWorkingStandby, Is.True, $"{version} {file}");
                var primary = Recorded.Versions("primary.controldata.txt").Contains(version) ? ControlFile.Parse(Recorded.Text(version, "primary.controldata.txt")) : null;
                Assert.That(Evidence(version, "primary.titles.txt", PidFile(version, "primary"), primary).IsWorkingStandby, Is.False, version);
            }
        });
    }

    [Test]
    public void Dialects_name_the_columns_that_each_version_has()
    {
        Assert.Multiple(() =>
        {
            foreach (var version in Recorded.Versions("version.txt"))
            {
                var number = Recorded.Number(version);
                var senders = SenderDialect.For(number);
                var receiver = ReceiverDialect.For(number);
                Assert.That(senders.HasView, Is.EqualTo(Recorded.Versions("pg_stat_replication.tsv").Contains(version)), version);
                Assert.That(receiver.HasView, Is.EqualTo(Recorded.Versions("pg_stat_wal_receiver.tsv").Contains(version)), version);
                if (senders.HasView)
                    Assert.That(Recorded.Lines(version, "pg_stat_replication.tsv")[0].Split('\t'), Is.SupersetOf(new[] { senders.ProcessColumn, $"sent_{senders.PositionSuffix}", $"replay_{senders.PositionSuffix}" }), version);
                if (receiver.HasView)
                    Assert.That(Recorded.Lines(version, "pg_stat_wal_receiver.tsv")[0].Split('\t'), Is.SupersetOf(new[] { "status", receiver.PositionColumn, "received_tli" }), version);
            }
        });
    }

    [Test]
    public void Senders_of_9_0_are_read_from_their_titles()
    {
        var streaming = WalSender.FromTitles(Evidence("9.0", "primary.titles.txt", null, null)).Single();

        Assert.That((streaming.ClientAddress, streaming.FeedsStandby, streaming.Sent is not null), Is.EqualTo(("127.0.0.1", true, true)));
        Assert.That(WalSender.FromTitles(Evidence("9.0", "primary-idle.titles.txt", null, null)), Has.Count.EqualTo(1), "connected, if idle");
        Assert.That(WalSender.FromTitles(Evidence("9.0", "primary-alone.titles.txt", null, null)), Is.Empty);
    }

    private static PostmasterPidFile PidFile(string version, string name) => PostmasterPidFile.Parse(Recorded.Lines(version, $"{name}.postmaster.pid"))!;

    private static LocalEvidence Evidence(string version, string titles, PostmasterPidFile? pidFile, ControlFile? control)
    {
        var processes = Recorded.Processes(version, titles);
        return new(pidFile, processes[0], [.. processes.Skip(1).Select(ServerProcess.From)], control, null);
    }
}
