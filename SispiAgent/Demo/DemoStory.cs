using System.Globalization;
using System.Text.Json;
using SispiAgent.Platform;
using SispiAgent.Postgres;
using SispiAgent.Processes;

namespace SispiAgent.Demo;

/// <summary>What the demo tells: a quiet moment, a backup, a standby that stops, a primary that freezes, dies and comes back.</summary>
/// <param name="site">Where it happens.</param>
/// <param name="time">The clock.</param>
internal sealed class DemoStory(DemoSite site, TimeProvider time)
{
    private DateTimeOffset? _killedAt;

    /// <summary>The subject of a mail that comes when a server's recovery outlasts the second look.</summary>
    public static string StartingUp(string node) => $"CRITICAL {node}: PostgreSQL is starting up";

    /// <summary>The steps in their order.</summary>
    public IReadOnlyList<DemoStep> Steps() =>
    [
        new("All is well", "The agents of server2, server3 and system1 look at their hosts and ask each other over ssh. sispi-agent status on server2:", ShowStatusAsync, []),
        new("A backup", "What the schedule does on Sundays at 11:02, by hand: sispi-agent backup run on server2. Then sispi-agent backup list on server3, where the copy was checked.", BackUpAsync,
            [new("backup", "server2", "backup of server2 done: ") { Says = ["every file was read to its end", "server3: proven there"] }]),
        new("The standby stops", "PostgreSQL on server3 is stopped. Its own agent mails; server2's agent asks it first and keeps silent: one fact, one mail.", StopStandbyAsync,
            [new("standby", "server3", "CRITICAL server3: PostgreSQL refuses connections") { Says = ["postmaster.pid is not there"] }]),
        new("The standby comes back", "PostgreSQL on server3 is started. hot_standby is off there: it answers no SQL and is well all the same.", StartStandbyAsync,
            [new("standby again", "server3", "OK server3: PostgreSQL ") { Under = "standby", Says = ["it lasted"], MayComeBefore = StartingUp("server3") }]),
        new("The primary freezes", "SIGSTOP to the postmaster on server2: it accepts connections and never answers.", FreezePrimaryAsync,
            [new("primary", "server2", "CRITICAL server2: PostgreSQL does not answer") { Says = ["is stopped by a signal"] }]),
        new("The primary dies", "kill -9 of the postmaster on server2.", KillPrimaryAsync,
            [new("primary died", "server2", "CRITICAL server2: PostgreSQL refuses connections") { Under = "primary", Says = ["the server was killed or the host crashed"] }]),
        new("The primary comes back", "PostgreSQL on server2 is started; it recovers by itself.", StartPrimaryAsync,
            [new("primary again", "server2", "OK server2: ") { Under = "primary", Says = ["it lasted"], MayComeBefore = StartingUp("server2") }]),
    ];

    /// <summary>How long it took from the kill to the mail server's acceptance of the mail about it; <see langword="null"/> if one of them did not happen.</summary>
    public TimeSpan? FromKillToMail(IReadOnlyList<DemoMail> mails) =>
        _killedAt is { } killed && mails.FirstOrDefault(mail => mail.TakenAt >= killed && mail.Subject.Contains("server2: PostgreSQL refuses", StringComparison.Ordinal)) is { } mail ? mail.TakenAt - killed : null;

    private async Task<IReadOnlyList<string>> ShowStatusAsync(CancellationToken cancellationToken)
    {
        await site.StartAgentsAsync(cancellationToken);
        await AwaitFirstRoundsAsync(cancellationToken);
        return ["server2$ sispi-agent status", .. Lines(await site.Agents["server2"].RunAsync(["status"], cancellationToken))];
    }

    /// <summary>Until every probe has looked once, and found all well: only then is there something to show.</summary>
    private async Task AwaitFirstRoundsAsync(CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        foreach (var agent in site.Agents.Values)
        {
            while (!await IsAllWellAsync(agent, cancellationToken) && time.GetElapsedTime(begin) < TimeSpan.FromSeconds(40))
                await Task.Delay(TimeSpan.FromMilliseconds(500), time, cancellationToken);
        }
    }

    private static async Task<bool> IsAllWellAsync(DemoAgent agent, CancellationToken cancellationToken)
    {
        var status = await agent.RunAsync(["status", "--json"], cancellationToken);
        if (status.ExitCode != ExitCode.Done)
            return false;
        using var report = JsonDocument.Parse(status.Output);
        var seen = report.RootElement.GetProperty("observations").EnumerateArray().ToArray();
        return seen.Any(entry => entry.GetProperty("topic").GetString() == "agent") && seen.All(entry => entry.GetProperty("isWell").GetBoolean());
    }

    private async Task<IReadOnlyList<string>> BackUpAsync(CancellationToken cancellationToken)
    {
        var made = await site.Agents["server2"].RunAsync(["backup", "run"], cancellationToken);
        var copied = await site.Agents["server3"].RunAsync(["backup", "list"], cancellationToken);
        return
        [
            "server2$ sispi-agent backup run", .. Lines(made), made.ExitCode == ExitCode.Done ? "" : string.Create(CultureInfo.InvariantCulture, $"exit code {made.ExitCode}"),
            "server3$ sispi-agent backup list", .. Lines(copied),
        ];
    }

    private static string[] Lines(ToolResult result) => $"{result.Output}\n{result.ErrorTail}".Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private async Task<IReadOnlyList<string>> StopStandbyAsync(CancellationToken cancellationToken)
    {
        await site.Servers.Standby.StopAsync(cancellationToken: cancellationToken);
        return ["pg_ctl stop -m fast"];
    }

    private async Task<IReadOnlyList<string>> StartStandbyAsync(CancellationToken cancellationToken)
    {
        await site.Servers.Standby.StartAsync(cancellationToken);
        return ["pg_ctl start"];
    }

    private Task<IReadOnlyList<string>> FreezePrimaryAsync(CancellationToken cancellationToken)
    {
        site.Servers.Primary.Freeze();
        return Task.FromResult<IReadOnlyList<string>>([string.Create(CultureInfo.InvariantCulture, $"kill -STOP {site.Servers.Primary.PostmasterId()}")]);
    }

    private async Task<IReadOnlyList<string>> KillPrimaryAsync(CancellationToken cancellationToken)
    {
        var id = site.Servers.Primary.PostmasterId();
        _killedAt = time.GetUtcNow();
        await CrashAsync(site.Servers.Primary, cancellationToken);
        return [string.Create(CultureInfo.InvariantCulture, $"kill -9 {id}")];
    }

    private async Task<IReadOnlyList<string>> StartPrimaryAsync(CancellationToken cancellationToken)
    {
        await site.Servers.Primary.StartAsync(cancellationToken);
        return ["pg_ctl start"];
    }

    /// <summary>kill -9 of a postmaster. Its children see it and end by themselves; until then no server starts in the same directory.</summary>
    internal static async Task CrashAsync(ScratchServer server, CancellationToken cancellationToken)
    {
        var children = ProcessTree.Below(server.PostmasterId()!.Value);
        await server.KillAsync(cancellationToken);
        while (children.Any(ProcessTree.IsRunning))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
    }
}
