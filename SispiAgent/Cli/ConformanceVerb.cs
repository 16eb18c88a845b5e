using System.CommandLine;
using Microsoft.Extensions.Hosting;
using SispiAgent.Cluster;
using SispiAgent.Readiness;

namespace SispiAgent.Cli;

/// <summary><c>conformance</c>: a server's configuration against the guide, and against another server's.</summary>
internal static class ConformanceVerb
{
    /// <summary>The verbs.</summary>
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "For scripts.", Recursive = true };
        return new Command("conformance", "The servers' configuration against the guide, and against each other.") { json, Show(json), Diff(json) };
    }

    private static Command Show(Option<bool> json)
    {
        var verb = new Command("show", "This host's settings and pg_hba.conf against the guide.");
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            using var host = VerbHost.Open(parsed);
            return await ConformanceListing.ShowAsync(host, parsed.GetValue(json), cancellationToken);
        });
        return verb;
    }

    private static Command Diff(Option<bool> json)
    {
        var (one, other) = (new Argument<string>("NODE"), new Argument<string>("OTHER"));
        var verb = new Command("diff", "What two database hosts have set differently.") { one, other };
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            using var host = VerbHost.Open(parsed);
            var (left, right) = (await InspectAsync(host, parsed.GetValue(one)!, cancellationToken), await InspectAsync(host, parsed.GetValue(other)!, cancellationToken));
            return ConformanceListing.Diff(left, right, parsed.GetValue(json));
        });
        return verb;
    }

    private static Task<Inspection> InspectAsync(IHost host, string name, CancellationToken cancellationToken)
    {
        var site = host.Get<CurrentSite>().Value;
        var node = site.Nodes.FirstOrDefault(node => node.Kind is NodeKind.Database && node.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new AgentException($"{name} is no database host with an agent.", $"Those are: {string.Join(", ", site.Nodes.Where(node => node.Kind is NodeKind.Database).Select(node => node.Name))}");
        return node == site.Self ? host.Get<InspectionReader>().ReadAsync(cancellationToken) : host.Get<PeerInspections>().AskAsync(node, cancellationToken);
    }
}
