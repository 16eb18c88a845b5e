using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using SispiAgent.Alerts;
using SispiAgent.Backup;
using SispiAgent.BackupSets;
using SispiAgent.Cli;
using SispiAgent.Findings;
using SispiAgent.Postgres;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Backup;

/// <summary>What the schedule does where the server is a standby, stops being the primary in the middle, or no set has come for long.</summary>
[Category("Postgres")]
internal sealed class OutsideThePrimaryTests
{
    private static readonly JsonObject Few = new() { ["KeepLast"] = 2, ["KeepMonthly"] = 0 };

    [Test]
    public async Task On_a_standby_the_schedule_dumps_nothing_and_prunes_copies_by_this_hosts_rules()
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Requires.Postgres());
        await using var one = primary;
        await using var two = standby;
        using var disk = new KeepingHost("server3", Few, standby);
        foreach (var days in new[] { 1, 8, 15, 400 })
            disk.Make(days);
        disk.Make(500, "server3"); // its own, of when it was the primary, and its copy was never proven
        using var host = disk.Open();

        await host.Get<ScheduledBackup>().RunAsync(default);

        Assert.That(SetCatalog.Read(disk.Sets).Select(set => set.Id), Is.EqualTo(new[] { disk.Id(1), disk.Id(8), disk.Id(15), disk.Id(500, "server3") }));
        Assert.That(host.Get<DeletionBook>().ReadAll().Select(deletion => (deletion.Set, deletion.Replacement)), Is.EqualTo(new[] { (disk.Id(400), disk.Id(15)) }));
        Assert.That(host.Get<Outbox>().ReadUnbound().Single().Letter!.Subject, Does.StartWith("server3: 1 old backup set removed"));
        Assert.That(host.Get<AlertBook>().ReadTold(), Is.Empty);
    }

    [Test]
    public async Task A_server_that_does_not_answer_prunes_nothing_and_is_told()
    {
        using var disk = new KeepingHost("server3", Few);
        foreach (var days in new[] { 1, 8, 15, 400 })
            disk.Make(days);
        using var host = disk.Open();

        await host.Get<ScheduledBackup>().RunAsync(default);

        Assert.That(SetCatalog.Read(disk.Sets), Has.Count.EqualTo(4));
        Assert.That(host.Get<AlertBook>().ReadTold().Single().Finding.Code, Is.EqualTo(BackupPipeline.Failed));
    }

    [Test]
    public async Task A_set_of_a_former_primary_is_kept_marked_told_and_prunes_nothing()
    {
        await using var site = await BackupSite.StartAsync(new JsonObject { ["KeepLast"] = 1, ["KeepAtLeast"] = 1, ["KeepMonthly"] = 0, ["KeepWithin"] = "00:00:00", ["CopyRequired"] = false });
        foreach (var days in new[] { 7, 14, 21 })
            MadeSet.Make(site.Sets, "server2", KeepingHost.Now.AddDays(-days), await site.TextAsync("SELECT system_identifier::text FROM pg_control_system()"));
        var demotion = new Demotion(site.Server);
        // the run's look at its advisory lock goes by this clock: the restart is not noticed by it, only by the last question for the role
        var builder = SispiAgent.Hosting.AgentComposition.Create(site.ConfigurationFile());
        builder.Services.AddSingleton<TimeProvider>(new ClockWithoutAlarms());
        using var host = builder.Build();
        var pipeline = host.Get<BackupPipeline>();

        var outcome = await pipeline.RunAsync(await pipeline.LookAsync(default), demotion, default);

        Assert.That(demotion.IsDone, "the server was made a standby while the set was made");
        Assert.That(outcome.Set.Manifest.IsFromFormerPrimary, Is.True);
        Assert.That(outcome.Pruned, Is.Empty);
        Assert.That(site.Catalog(), Has.Count.EqualTo(4));
        Assert.That(host.Get<Outbox>().ReadUnbound().Single(posted => posted.Letter is not null).Letter!.Subject, Does.Contain("1 thing odd"));
        var plan = host.Get<Pruning>().Plan();
        Assert.That(plan.Single(entry => entry.Id == outcome.Set.Id), Has.Property(nameof(Retention.IsKept)).True.And.Property(nameof(Retention.Reason)).Contains("no longer the primary"));
        Assert.That(plan.Count(entry => !entry.IsKept), Is.EqualTo(2), "the older ones go by their own newest, as if it were not there");
    }

    [TestCase(7, null)]
    [TestCase(9, "backup.too-old")]
    public async Task The_newest_good_set_may_be_eight_days_old(int days, string? code)
    {
        using var disk = new KeepingHost();
        var good = disk.Make(days);
        disk.Make(1); // rotten
        disk.Make(2, change: manifest => manifest with { IsFromFormerPrimary = true });
        using var host = disk.Open();
        host.Get<SetMarks>().Record(disk.Id(1), "server2", "globals.sql: is missing");

        var findings = await host.Get<IEnumerable<IProbe>>().OfType<BackupAgeProbe>().Single().RunAsync(default);

        Assert.That(findings.Select(finding => finding.Code.Value), Is.EqualTo(code is null ? Array.Empty<string>() : [code]));
        if (code is not null)
            Assert.That(findings[0].Evidence, Has.Some.Contains(Path.GetFileName(good)));
    }

    [Test]
    public async Task A_copy_counts_for_the_age_of_what_is_on_this_disk()
    {
        using var disk = new KeepingHost("server3");
        disk.Make(2);
        using var host = disk.Open();

        Assert.That(await host.Get<IEnumerable<IProbe>>().OfType<BackupAgeProbe>().Single().RunAsync(default), Is.Empty);
    }

    /// <summary>Makes the server a standby when the dumps are there and are read back.</summary>
    private sealed class Demotion(ScratchServer server) : IProgress<BackupProgress>
    {
        private readonly Lock _once = new();

        public bool IsDone { get; private set; }

        public void Report(BackupProgress value)
        {
            lock (_once)
            {
                if (IsDone || value.Step != "read back")
                    return;
                IsDone = true;
                DemoteAsync().GetAwaiter().GetResult();
            }
        }

        private async Task DemoteAsync()
        {
            await server.StopAsync();
            await File.WriteAllTextAsync(Path.Combine(server.DataDirectory, "standby.signal"), "");
            await server.StartAsync(default);
            Npgsql.NpgsqlConnection.ClearAllPools();
        }
    }

    /// <summary>Tells the time; what waits by it waits until it is cancelled.</summary>
    private sealed class ClockWithoutAlarms : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
