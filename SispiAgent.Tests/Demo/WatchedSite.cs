using System.Text.Json.Nodes;
using SispiAgent.Alerts;
using SispiAgent.Demo;
using SispiAgent.Findings;
using SispiAgent.Hosting;
using SispiAgent.Platform;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Demo;

/// <summary>The demo's site with its agents running, and an account of the mails that came.</summary>
internal sealed class WatchedSite : IAsyncDisposable
{
    /// <summary>How often the agents look: half as often as the demo's, which with what they start keep a slow machine's two cores busy.</summary>
    private const string Every = "00:00:04";

    private readonly MailLedger _ledger = new();

    private readonly IDisposable _turn;

    private WatchedSite(DemoSite site, IDisposable turn) => (Site, _turn) = (site, turn);

    public DemoSite Site { get; }

    public DemoServers Servers => Site.Servers;

    /// <param name="edits">What every host's configuration has otherwise than the demo's.</param>
    public static async Task<WatchedSite> StartAsync(params (string Section, string Key, JsonNode Value)[] edits)
    {
        Requires.Postgres();
        Requires.Program("/usr/sbin/sshd");
        var turn = await WholeSites.EnterAsync();
        DemoSite? site = null;
        try
        {
            site = await DemoSite.StartAsync(default);
            // with the demo's two seconds for a connection a busy machine's server would not answer
            Edit(site, [("Schedules", ScheduleKeys.Heartbeat, Every), ("Schedules", ScheduleKeys.Replication, Every), ("Postgres", "ConnectTimeout", "00:00:06"), ("Postgres", "CommandTimeout", "00:00:10"), .. edits]);
            await site.StartAgentsAsync(default);
            await Eventually.TrueAsync(async () => (await site.Agents["server2"].RunAsync(["status"], default)).ExitCode == ExitCode.Done, "quiet site");
            return new WatchedSite(site, turn);
        }
        catch
        {
            if (site is not null)
                await site.DisposeAsync();
            turn.Dispose();
            throw;
        }
    }

    /// <summary>Edits the configuration of every host; agents that run take it up.</summary>
    public void Edit(params (string Section, string Key, JsonNode Value)[] edits) => Edit(Site, edits);

    /// <summary>Waits for a mail, and holds it to its writer, thread and words.</summary>
    public async Task<DemoMail> MailAsync(ExpectedMail expected, int seconds = Eventually.Seconds)
    {
        var before = _ledger.Problems.Count;
        var mail = await Eventually.GetAsync(() => Task.FromResult(_ledger.Take(expected, DemoMail.ReadAll(Site.Folder.Mails))), $"mail {expected}; there are: {Subjects()}", seconds);
        Assert.That(_ledger.Problems.Skip(before), Is.Empty);
        return mail;
    }

    /// <summary>Everything that came since the last question and that no test asked for.</summary>
    public IReadOnlyList<string> Unexpected()
    {
        var before = _ledger.Problems.Count;
        _ledger.Close(DemoMail.ReadAll(Site.Folder.Mails));
        return [.. _ledger.Problems.Skip(before)];
    }

    /// <summary>How many alerts an agent has told somebody of and holds open, also while it does not run.</summary>
    public int OpenAlerts(string node) => new AlertBook(new AgentDatabase(new AgentPaths(Site.Folder.State(node)).Database, AgentSchema.Migrations)).ReadTold().Count;

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Site.DisposeAsync();
        }
        finally
        {
            _turn.Dispose();
        }
    }

    private static void Edit(DemoSite site, (string Section, string Key, JsonNode Value)[] edits)
    {
        foreach (var file in site.Agents.Keys.Select(site.Folder.Configuration))
        {
            var root = JsonNode.Parse(File.ReadAllText(file))!;
            foreach (var (section, key, value) in edits)
                root[section]![key] = value.DeepClone();
            DurableFile.Write(file, root.ToJsonString());
        }
    }

    private string Subjects() => string.Join("; ", DemoMail.ReadAll(Site.Folder.Mails).Select(mail => $"{mail.Node}: {mail.Subject}"));
}
