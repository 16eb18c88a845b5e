using System.Globalization;
using Spectre.Console;

namespace SispiAgent.Demo;

/// <summary>One run of the demo, from an empty folder to the verdict.</summary>
internal static class DemoRun
{
    private const int LogLines = 15;

    /// <summary>Runs it.</summary>
    /// <param name="keep">Whether everything stays running afterwards.</param>
    /// <param name="cancellationToken">Ends it early; nothing is left behind.</param>
    /// <returns>An <see cref="ExitCode"/>: done only if each mail came as told, and no other.</returns>
    public static async Task<int> RunAsync(bool keep, CancellationToken cancellationToken)
    {
        var screen = new DemoScreen(AnsiConsole.Console);
        screen.Line("SispiAgent's demo: a whole site on this machine's loopback, in a temporary folder.");
        await using var site = await DemoSite.StartAsync(cancellationToken, tell: what => screen.Line($"  making {what} …"));
        screen.Line($"  everything is in {site.Folder.Root}");

        var story = new DemoStory(site, TimeProvider.System);
        var problems = await new DemoTeller(site.Folder.Mails, screen, TimeProvider.System).TellAsync(story.Steps(), cancellationToken);
        var mails = DemoMail.ReadAll(site.Folder.Mails);
        screen.Verdict(problems, mails.Count);
        if (problems.Count > 0)
            ShowLogs(screen, site);
        if (story.FromKillToMail(mails) is { } elapsed)
            screen.Line(string.Create(CultureInfo.InvariantCulture, $"From kill -9 to the mail server's acceptance: {elapsed.TotalSeconds:0.0} s (heartbeat 2 s; without a second look, as the frozen server was already an alert)."));

        if (keep)
            await KeepAsync(screen, site);
        return problems.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task KeepAsync(DemoScreen screen, DemoSite site)
    {
        await site.KeepAsync();
        var (folder, primary) = (site.Folder, site.Servers.Primary);
        screen.Line("");
        screen.Line("It is left running. To look around:");
        screen.Line($"  {folder.Program("server2")} status");
        screen.Line(string.Create(CultureInfo.InvariantCulture, $"  {primary.Installation.Program("psql")} -h {primary.SocketDirectory} -p {primary.Port} -U postgres decam_prd"));
        screen.Line($"  ls {folder.Mails}");
        screen.Line($"  tail -f {folder.Output("server2")}");
        screen.Line("To end it and remove the folder:");
        screen.Line($"  {string.Join(' ', AgentProgram.Command())} demo --stop {folder.Root}");
    }

    /// <summary>The folder is about to go: what the agents said last is what explains a mail that did not come.</summary>
    private static void ShowLogs(DemoScreen screen, DemoSite site)
    {
        foreach (var node in site.Agents.Keys.Where(node => File.Exists(site.Folder.Output(node))))
        {
            screen.Line($"The last lines of the agent of {node}:");
            screen.Lines([.. File.ReadLines(site.Folder.Output(node)).TakeLast(LogLines)]);
        }
    }
}
