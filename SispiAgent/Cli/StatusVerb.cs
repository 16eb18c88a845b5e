using System.CommandLine;
using System.Text.Json;
using SispiAgent.Alerts;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.History;
using SispiAgent.Platform;
using Spectre.Console;

namespace SispiAgent.Cli;

/// <summary><c>status</c>: everything that is known, on one screen.</summary>
internal static class StatusVerb
{
    private const int WidthOffTerminal = 160;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "For scripts." };
        var verb = new Command("status", "Everything that is known, on one screen.") { json };
        verb.SetAction(parsed =>
        {
            using var host = VerbHost.Open(parsed);
            var report = StatusReport.Read(host.Get<AgentPaths>(), host.Get<CurrentSite>(), host.Get<LiveConfiguration>(), host.Get<StatusBoard>(), host.Get<AlertBook>(), host.Get<Outbox>(), host.Get<TimeProvider>());
            if (parsed.GetValue(json))
                Console.WriteLine(JsonSerializer.Serialize(report, JsonOutput.Options));
            else
                Show(report, host.Get<CurrentSite>().Value.TimeZone, host.Get<TimeProvider>().GetUtcNow());
            return ExitCode.Done;
        });
        return verb;
    }

    private static void Show(StatusReport report, TimeZoneInfo zone, DateTimeOffset now)
    {
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = WidthOffTerminal;
        var running = report.IsAgentRunning ? "[green]runs[/]" : "[red]does not run[/]";
        AnsiConsole.MarkupLine($"SispiAgent {Markup.Escape(report.AgentVersion)} on [bold]{Markup.Escape(report.Node)}[/], {Durations.SiteTime(now, zone)}. The agent {running}{(report.AgentSeenAt is { } seen ? $", last look {Durations.Words(now - seen)} ago" : "")}.");
        AnsiConsole.MarkupLine($"Configuration {report.ConfigurationHash[..Math.Min(12, report.ConfigurationHash.Length)]}");

        if (report.OpenAlerts.Count == 0)
            AnsiConsole.MarkupLine("[green]No alert is open.[/]");
        foreach (var alert in report.OpenAlerts)
            AnsiConsole.MarkupLine($"[{(alert.Severity == nameof(Severity.Critical) ? "red" : "yellow")}]{alert.Severity.ToUpperInvariant()}[/] {Markup.Escape(alert.Subject)}: {Markup.Escape(alert.Summary)} (since {Durations.SiteTime(alert.Since, zone)}, {alert.Code})");

        var table = new Spectre.Console.Table().Border(TableBorder.Rounded).AddColumns("host", "what", "state", "seen");
        foreach (var seenThing in report.Observations)
            table.AddRow(new Text(seenThing.Subject), new Text(seenThing.Topic), new Text(seenThing.Text, new Style(seenThing.IsWell ? Color.Default : Color.Red)), new Text($"{Durations.Words(now - seenThing.At)} ago"));
        AnsiConsole.Write(table);

        foreach (var mail in report.WaitingMails)
            AnsiConsole.MarkupLine($"[yellow]A mail waits[/] since {Durations.SiteTime(mail.Since, zone)}, {(mail.IsSetAside ? $"set aside, next try {Durations.SiteTime(mail.NextTry, zone)} or when the configuration changes" : $"next try {Durations.SiteTime(mail.NextTry, zone)}")}: {Markup.Escape(mail.Problem ?? "not tried yet")}");
        AnsiConsole.MarkupLine($"Next: {Markup.Escape(string.Join(" · ", report.NextFirings.Where(firing => firing.Value - now > TimeSpan.FromMinutes(5)).OrderBy(firing => firing.Value).Select(firing => $"{firing.Key} {Durations.SiteTime(firing.Value, zone)}")))}");
    }
}
