using System.CommandLine;
using System.Text.Json;
using SispiAgent.Cluster;
using SispiAgent.Readiness;
using Spectre.Console;

namespace SispiAgent.Cli;

/// <summary><c>readiness</c>: what would go wrong if the other database host died now.</summary>
internal static class ReadinessVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "For scripts." };
        var verb = new Command("readiness", "What would go wrong if the other database host died now.") { json };
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            using var host = VerbHost.Open(parsed);
            var site = host.Get<CurrentSite>().Value;
            var items = await host.Get<ReadinessLook>().LookAsync(isOtherNeeded: false, cancellationToken);
            if (parsed.GetValue(json))
                Console.WriteLine(JsonSerializer.Serialize(new { Schema = 1, Node = site.Self.Name, IfDied = ReadinessLook.Other(site)!.Name, IsReady = items.All(item => item.IsWell), Items = items.Select(item => new { item.Name, item.IsWell, item.Words, item.Evidence, item.Remedy }) }, JsonOutput.Options));
            else
                Show(items, ReadinessLook.Other(site)!.Name);
            return items.All(item => item.IsWell) ? ExitCode.Done : ExitCode.Failed;
        });
        return verb;
    }

    private static void Show(IReadOnlyList<ReadinessItem> items, string other)
    {
        AnsiConsole.MarkupLine($"If [bold]{Markup.Escape(other)}[/] died now:");
        foreach (var item in items)
        {
            AnsiConsole.Markup(item.IsWell ? "[green]green[/]" : "[red]RED  [/]");
            Console.WriteLine($" {item.Name}: {item.Words}"); // whole lines, off a terminal too
            if (item.IsWell)
                continue;
            foreach (var line in item.Evidence)
                Console.WriteLine($"        {line}");
            foreach (var line in item.Remedy)
                Console.WriteLine($"      > {line}");
        }

        var red = items.Count(item => !item.IsWell);
        AnsiConsole.MarkupLine(red == 0 ? "[green]Ready.[/]" : $"[red]{red} of {items.Count} red.[/]");
    }
}
