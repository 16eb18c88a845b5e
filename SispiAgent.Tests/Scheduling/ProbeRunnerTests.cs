using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using SispiAgent.Alerts;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.Hosting;
using SispiAgent.Platform;
using SispiAgent.Scheduling;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Scheduling;

internal sealed class ProbeRunnerTests
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly Pulse _pulse;
    private readonly AlertBook _book;
    private readonly ProbeRunner _runner;

    public ProbeRunnerTests()
    {
        var text = File.ReadAllText(Repository.Path("appsettings.json")).Replace("\"Node\": \"\"", "\"Node\": \"server2\"", StringComparison.Ordinal);
        var live = new LiveConfiguration(Sections.Loader.Load("appsettings.json", text, new Dictionary<string, string>()));
        var database = new AgentDatabase(_folder["agent.db"], AgentSchema.Migrations);
        _book = new(database);
        _pulse = new(_time);
        _runner = new(new(database, new(database, _time), new CurrentSite(live), new(live), _time), _pulse, new(live), _time, NullLogger<ProbeRunner>.Instance);
    }

    [TearDown]
    public void Clean() => _folder.Dispose();

    [Test]
    public async Task A_finding_is_told_only_after_a_second_look_that_sees_it_too()
    {
        var probe = new PlannedProbe(_ => Task.FromResult<IReadOnlyList<Finding>>([PlannedProbe.Trouble]));

        await RunAsync(probe);

        Assert.That((probe.Looks, _book.ReadTold().Single().Finding.Code), Is.EqualTo((2, PlannedProbe.Trouble.Code)));
    }

    [Test]
    public async Task What_the_second_look_does_not_see_is_told_to_nobody()
    {
        var probe = new PlannedProbe(look => Task.FromResult<IReadOnlyList<Finding>>(look == 1 ? [PlannedProbe.Trouble] : []));

        await RunAsync(probe);

        Assert.That((probe.Looks, _book.ReadTold().Count), Is.EqualTo((2, 0)));
    }

    [Test]
    public async Task One_that_could_not_look_is_blind_and_ends_no_alert()
    {
        await RunAsync(new PlannedProbe(_ => Task.FromResult<IReadOnlyList<Finding>>([PlannedProbe.Trouble])));
        await RunAsync(new PlannedProbe(_ => throw new InvalidOperationException("no route to host")));

        Assert.That(_book.ReadTold().Select(alert => alert.Finding.Code), Is.EquivalentTo(new[] { PlannedProbe.Trouble.Code, AlertDesk.ProbeBlind }));
        Assert.That(_book.ReadTold().Single(alert => alert.Finding.Code == AlertDesk.ProbeBlind).Finding.Evidence, Has.Some.Contains("no route to host"));
    }

    [Test]
    public async Task What_it_could_not_see_for_a_reason_that_is_told_elsewhere_is_not_called_over()
    {
        var ofMirror = PlannedProbe.Trouble with { Subject = "des10/max_connections" };
        await RunAsync(new PlannedProbe(_ => Task.FromResult<IReadOnlyList<Finding>>([PlannedProbe.Trouble, ofMirror])));
        await RunAsync(new PlannedProbe(_ => Task.FromResult<IReadOnlyList<Finding>>([])) { Unseen = [new("des10")] });
        Assert.That(_book.ReadTold().Select(alert => alert.Finding.Subject), Is.EqualTo(new[] { ofMirror.Subject }));

        await RunAsync(new PlannedProbe(_ => Task.FromResult<IReadOnlyList<Finding>>([])));
        Assert.That(_book.ReadTold(), Is.Empty);
    }

    [Test]
    public async Task Of_an_object_that_it_could_not_see_nothing_is_called_over_and_the_rest_is()
    {
        Finding[] all = [.. new[] { "n1/sky", "n1/sky/public.s", "n1/skyline/public.s" }.Select(subject => PlannedProbe.Trouble with { Subject = subject })];
        await RunAsync(new PlannedProbe(_ => Task.FromResult<IReadOnlyList<Finding>>(all)));
        await RunAsync(new PlannedProbe(_ => Task.FromResult<IReadOnlyList<Finding>>([])) { Unseen = [new("n1/sky")] });

        Assert.That(_book.ReadTold().Select(alert => alert.Finding.Subject), Is.EquivalentTo(new[] { "n1/sky", "n1/sky/public.s" }));
    }

    [Test]
    public async Task A_look_that_never_ends_is_given_up_and_no_second_one_is_begun_beside_it()
    {
        var never = new TaskCompletionSource<IReadOnlyList<Finding>>();
        var probe = new PlannedProbe(_ => never.Task);

        await RunAsync(probe);
        await RunAsync(probe);
        Assert.That((probe.Looks, _book.ReadTold().Single().Finding.Code), Is.EqualTo((1, AlertDesk.ProbeBlind)));
        Assert.That(_pulse.Age, Is.GreaterThan(TimeSpan.FromMinutes(3)), "a stuck probe is no sign of life");

        never.SetResult([]);
        await RunAsync(probe);
        Assert.That((probe.Looks, _book.ReadTold().Count), Is.EqualTo((2, 0)));
        Assert.That(_pulse.Age, Is.LessThan(TimeSpan.FromMinutes(1)));
    }

    [Test]
    public async Task An_agent_that_stops_reports_nothing()
    {
        using var stop = new CancellationTokenSource();
        var run = _runner.RunAsync(new PlannedProbe(_ => new TaskCompletionSource<IReadOnlyList<Finding>>().Task), ScheduleKeys.Heartbeat, stop.Token);
        await stop.CancelAsync();

        Assert.That(async () => await run, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(_book.ReadTold(), Is.Empty);
    }

    /// <summary>Runs it while the clock goes on, as far as whatever it waits for.</summary>
    private async Task RunAsync(IProbe probe)
    {
        var run = _runner.RunAsync(probe, ScheduleKeys.Heartbeat, CancellationToken.None);
        await Eventually.TrueAsync(
            () =>
            {
                if (!run.IsCompleted)
                    _time.Advance(TimeSpan.FromSeconds(5));
                return run.IsCompleted;
            },
            "end of the run");
        await run;
    }

    /// <summary>A probe that sees what the test planned for each look.</summary>
    private sealed class PlannedProbe(Func<int, Task<IReadOnlyList<Finding>>> plan) : IProbe
    {
        public static Finding Trouble { get; } = new(new FindingCode("test.trouble"), "server2", Severity.Critical, "something is wrong");

        public int Looks { get; private set; }

        public string Name => "test.planned";

        public IReadOnlyList<string> Schedules => [ScheduleKeys.Heartbeat];

        public IReadOnlyCollection<Unseen> Unseen { get; init; } = [];

        public Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken) => plan(++Looks);
    }
}
