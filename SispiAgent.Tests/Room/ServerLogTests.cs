using SispiAgent.Findings;
using SispiAgent.Room;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Room;

/// <summary>The server's log while the server can't be asked.</summary>
[Category("Postgres")]
internal sealed class ServerLogTests
{
    private static readonly (string, string)[] Collected = [("logging_collector", "on"), ("log_directory", "log"), ("log_filename", "postgresql-%Y-%m.log")];

    [Test]
    public async Task Growth_is_told_while_the_server_is_down_and_what_it_was_blamed_for_stays_as_it_was()
    {
        await using var server = await PostgresServers.StartPrimaryAsync(Collected);
        using var site = new RoomSite(server);
        Assert.That(await site.Log.RunAsync(default), Is.Empty);
        site.Options.LogDirectoryBytes = site.Options.FatalLines = 1;
        File.AppendAllText(Directory.EnumerateFiles(Path.Combine(server.DataDirectory, "log")).Single(), "FATAL:  out\n");
        Assert.That(Codes(await site.Log.RunAsync(default)), Is.EqualTo(new[] { LogJudge.Growth }));
        Assert.That(Codes(await site.LogWriting.RunAsync(default)), Is.EqualTo(new[] { LogJudge.Fatal }));

        await server.StopAsync();

        Assert.That(Codes(await site.Log.RunAsync(default)), Is.EqualTo(new[] { LogJudge.Growth }));
        Assert.That(async () => await site.LogWriting.RunAsync(default), Throws.InstanceOf<LookSuspendedException>());
    }

    [Test]
    public async Task Of_a_standby_without_hot_standby_growth_and_PANIC_are_told_and_FATAL_is_not()
    {
        var (primary, standby) = await PostgresServers.StartPairAsync(Requires.Postgres(), hotStandby: false);
        await using var _ = primary;
        await using var __ = standby;
        await standby.StopAsync();
        standby.Set(Collected);
        await standby.StartAsync(default);
        using var site = new RoomSite(standby);
        site.Options.FatalLines = 1;
        Assert.That(await site.Log.RunAsync(default), Is.Empty);
        site.Options.LogDirectoryBytes = 1;
        File.AppendAllText(Directory.EnumerateFiles(Path.Combine(standby.DataDirectory, "log")).First(), "FATAL:  out\nPANIC:  worse\n");

        Assert.That(Codes(await site.Log.RunAsync(default)), Is.EqualTo(new[] { LogJudge.Panic, LogJudge.Growth }));
        Assert.That(await Eventually.GetAsync(() => WritingAsync(site), "a standby that works"), Is.Empty);
    }

    private static async Task<IReadOnlyList<Finding>?> WritingAsync(RoomSite site)
    {
        try
        {
            return await site.LogWriting.RunAsync(default);
        }
        catch (LookSuspendedException)
        {
            return null; // it is still starting
        }
    }

    private static IEnumerable<FindingCode> Codes(IReadOnlyList<Finding> findings) => findings.Select(finding => finding.Code);
}
