using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Npgsql;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Conformance;
using SispiAgent.Readiness;
using Spectre.Console;

namespace SispiAgent.Cli;

/// <summary>What <c>conformance show</c> and <c>conformance diff</c> print.</summary>
internal static class ConformanceListing
{
    private const int WidthOffTerminal = 160;

    /// <summary>This host's server against the guide.</summary>
    public static async Task<int> ShowAsync(IHost host, bool json, CancellationToken cancellationToken)
    {
        var (site, options) = (host.Get<CurrentSite>().Value, host.Get<LiveOptions<ConformanceOptions>>().Current);
        if (site.Self.Kind is not NodeKind.Database)
            throw new AgentException($"{site.Self.Name} is no database host.", "Call it on one that is.");
        ServerSettings settings;
        try
        {
            settings = await host.Get<SettingsReader>().ReadOwnAsync(cancellationToken);
        }
        catch (NpgsqlException e)
        {
            throw new AgentException($"The server does not answer: {e.Message}", "sispi-agent status", e);
        }

        var around = await Surroundings.OfThisHostAsync(settings.Access?.Rules ?? [], [], cancellationToken);
        var wanted = WantedAccess.For(options.Access, site, await WantedAccess.ResolveAsync(site, cancellationToken));
        ComparedSetting[] compared = [.. SettingJudge.Compare(settings, options.For(site.Self.Name))];
        (WantedAccess Wanted, AccessVerdict Verdict)[] access = settings.Access is { } file ? [.. wanted.Select(one => (one, AccessJudge.Decide(one, file.Rules, around)))] : [];
        SispiAgent.Findings.Finding[] findings = [.. SettingJudge.Judge(site.Self.Name, settings, options.For(site.Self.Name)), .. AccessJudge.Judge(site.Self.Name, settings, wanted, around)];
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                Schema = 1,
                Node = site.Self.Name,
                settings.Version,
                settings.Source,
                Settings = compared.Select(one => new { one.Name, Wanted = one.WantedWords, Actual = one.ActualShown, Unit = one.Found?.Unit, Place = one.Found is { } found ? settings.PlaceOf(found) : null, one.IsEqual }),
                Access = access.Select(one => new { Wanted = one.Wanted.Rule.WithoutSecrets().Text, IsRight = one.Verdict.IsKnown ? one.Verdict.IsRight : (bool?)null, one.Verdict.Words }),
                Findings = findings.Select(finding => new { Code = finding.Code.Value, finding.Subject, finding.Summary, finding.Evidence, finding.Remedy }),
            }, JsonOutput.Options));
        }
        else
        {
            Show(site.Self.Name, settings, compared, access, findings);
        }

        return findings.Length == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>What two servers have set differently.</summary>
    public static int Diff(Inspection left, Inspection right, bool json)
    {
        var lines = LineDiff.Of(SettingsText.Lines(left.Settings), SettingsText.Lines(right.Settings, left.Settings));
        Disparity[] parity = left.Role == "standby" ? [.. Parity.Differences(right.Settings, left.Settings)] : [.. Parity.Differences(left.Settings, right.Settings)];
        var (primary, standby) = left.Role == "standby" ? (right.Node, left.Node) : (left.Node, right.Node);
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new { Schema = 1, Left = left.Node, Right = right.Node, Diff = lines, Parity = parity }, JsonOutput.Options));
            return ExitCode.Done;
        }

        Console.WriteLine($"--- {left.Node}, {left.Role ?? "role not known"}, {left.Settings.Source}");
        Console.WriteLine($"+++ {right.Node}, {right.Role ?? "role not known"}, {right.Settings.Source}");
        foreach (var line in lines)
            Console.WriteLine(line);
        Console.WriteLine(lines.Count == 0 ? "Nothing is set differently." : "");
        foreach (var one in parity)
        {
            Console.WriteLine($"{one.Name} has to be equal on both ({primary} {one.Primary}, {standby} {one.Standby}):");
            foreach (var step in Parity.Order(one, primary, standby, (left.Node == standby ? left : right).Settings))
                Console.WriteLine($"  > {step}");
        }

        return ExitCode.Done;
    }

    private static void Show(string node, ServerSettings settings, ComparedSetting[] compared, (WantedAccess Wanted, AccessVerdict Verdict)[] access, SispiAgent.Findings.Finding[] findings)
    {
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = WidthOffTerminal;
        AnsiConsole.MarkupLine($"[bold]{Markup.Escape(node)}[/], read from {Markup.Escape(settings.Source)}");
        var table = new Table().Border(TableBorder.Rounded).AddColumns("setting", "is", "should be", "");
        foreach (var one in compared)
            table.AddRow(new Text(one.Name), new Text(one.Words), new Text(one.WantedWords), new Markup(one.Actual is null && one.IsEqual ? "not in this version" : one.IsEqual ? "[green]as the guide says[/]" : "[red]differs[/]"));
        foreach (var (wanted, verdict) in access)
            table.AddRow(new Text("pg_hba.conf"), new Text(verdict.Words), new Text(wanted.Rule.WithoutSecrets().Text), new Markup(verdict.IsRight ? "[green]as the guide says[/]" : verdict.IsKnown ? "[red]differs[/]" : "[yellow]not known[/]"));
        AnsiConsole.Write(table);
        foreach (var finding in findings)
        {
            AnsiConsole.MarkupLine($"[red]{Markup.Escape(finding.Subject)}[/]: {Markup.Escape(finding.Summary)} ({Markup.Escape(finding.Code.Value)})");
            foreach (var line in finding.Evidence)
                Console.WriteLine($"    {line}");
            foreach (var line in finding.Remedy)
                Console.WriteLine($"  > {line}");
        }
    }
}
