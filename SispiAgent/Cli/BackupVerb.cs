using System.CommandLine;
using SispiAgent.Backup;
using Microsoft.Extensions.Hosting;
using SispiAgent.BackupSets;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.Postgres;
using SispiAgent.Processes;

namespace SispiAgent.Cli;

/// <summary><c>backup</c>: makes backup sets by hand, and looks after those that are there.</summary>
internal static class BackupVerb
{
    private static readonly Argument<string?> SetArgument = new("SET") { Description = "The set: 20261129T140200Z, or with its origin server2/20261129T140200Z. Without: the newest.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<bool> Json = new("--json") { Description = "Prints JSON, with a schema number." };
    private static readonly Option<bool> Deep = new("--deep") { Description = "Also reads every dump to its end with pg_restore." };

    /// <summary>The verb with its verbs.</summary>
    public static Command Create() => new("backup", "Backup sets: make, list, check, copy, prune.")
    {
        Verb("run", "Makes a backup set now, copies it and prunes; on the primary only.", [Json], RunAsync),
        Verb("plan", "Says which files a backup would make now, of which tables, and why; writes nothing.", [Json], BackupPlanListing.PlanAsync),
        Verb("list", "Lists the sets on this host's disk and on the other database host's.", [BackupListing.Here, BackupListing.Deleted, Json], BackupListing.ListAsync),
        Verb("show", "Shows what a set holds, and where its copies are.", [SetArgument, Json], (services, parsed, _) => BackupShowing.ShowAsync(services, parsed, SetArgument)),
        Verb("verify", "Checks that a set's files are as they were written.", [SetArgument, Deep, Json], VerifyAsync),
        Verb("copy", "Copies a set to the other database host and the destinations, and has it proven there.", [SetArgument], CopyAsync),
        Verb("prune", "Removes old sets from this host's disk, as the retention rules say.", [BackupKeeping.DryRun, Json], BackupKeeping.PruneAsync),
        Verb("pin", "Keeps a set on this host's disk whatever the retention rules say.", [BackupKeeping.SetArgument, BackupKeeping.Reason], BackupKeeping.PinAsync),
        Verb("unpin", "Leaves a pinned set to the retention rules again.", [BackupKeeping.SetArgument], BackupKeeping.UnpinAsync),
    };

    private static Command Verb(string name, string description, Symbol[] symbols, Func<IHost, ParseResult, CancellationToken, Task<int>> run)
    {
        var verb = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Option option)
                verb.Add(option);
            else
                verb.Add((Argument)symbol);
        }

        verb.SetAction(async (parsed, cancellationToken) =>
        {
            using var host = VerbHost.Open(ConfigurationFile.Find(parsed.GetValue(CommandLine.ConfigurationOption)));
            return await run(host, parsed, cancellationToken);
        });
        return verb;
    }

    private static async Task<int> RunAsync(IHost services, ParseResult parsed, CancellationToken cancellationToken)
    {
        var pipeline = services.Get<BackupPipeline>();
        var self = services.Get<CurrentSite>().Value.Self;
        if (self.Kind is not NodeKind.Database)
            throw new AgentException($"{self.Name} is no database host.", "Run it on the primary.");
        var status = await pipeline.LookAsync(cancellationToken);
        if (status.Role is not ServerRole.Primary)
        {
            throw status.Role is ServerRole.Standby
                ? new AgentException($"{self.Name} is a standby; sets are made on the primary only.", "Run it there. Which host that is: sispi-agent status")
                : new AgentException($"PostgreSQL on {self.Name} can't be asked whether it is the primary: {status.Problem}", "Start it, then: sispi-agent backup run");
        }

        try
        {
            var json = parsed.GetValue(Json);
            var outcome = await BackupProgressView.ShowAsync(json, progress => pipeline.RunAsync(status, progress, cancellationToken));
            var manifest = outcome.Set.Manifest;
            if (json)
                BackupListing.Print(new { Schema = 1, Set = outcome.Set.Id, outcome.Set.Folder, manifest.Bytes, manifest.Started, manifest.Finished, manifest.Phases, outcome.CopyProblems, Pruned = outcome.Pruned.Select(entry => entry.Set), manifest.Remarks });
            else
                Tell(outcome);
            return outcome.CopyProblems.Count == 0 ? ExitCode.Done : ExitCode.Incomplete;
        }
        catch (BackupBusyException e)
        {
            throw new AgentException(e.Message, e.Hint, e);
        }
        catch (BackupFailedException e)
        {
            await Console.Error.WriteLineAsync($"The backup broke at {e.Unit}: {e.Message}");
            await Console.Error.WriteLineAsync($"  {e.Hint}");
            await Console.Error.WriteLineAsync("  There is no new set; the older ones are untouched.");
            return ExitCode.Failed;
        }
    }

    private static void Tell(BackupOutcome outcome)
    {
        var manifest = outcome.Set.Manifest;
        Console.WriteLine($"Set {outcome.Set.Id}: {ByteSize.Words(manifest.Bytes)} in {Durations.Words(manifest.Finished - manifest.Started)}, in {outcome.Set.Folder}");
        var news = SetNews.Of(manifest, [.. outcome.Earlier.Select(set => set.Manifest)]);
        foreach (var line in news.Odd)
            Console.WriteLine($"  ! {line}");
        foreach (var line in news.New)
            Console.WriteLine($"  {line}");
        foreach (var entry in outcome.Pruned)
            Console.WriteLine($"Removed {entry.Set}: {entry.Reason}");
        if (outcome.CopyProblems.Count == 0)
            return;
        foreach (var problem in outcome.CopyProblems)
            Console.Error.WriteLine($"No copy on {problem}");
        Console.Error.WriteLine($"  Copy it by hand: sispi-agent backup copy {outcome.Set.Id}");
    }

    private static async Task<int> VerifyAsync(IHost services, ParseResult parsed, CancellationToken cancellationToken)
    {
        var self = services.Get<CurrentSite>().Value.Self;
        var set = SetCatalog.Find(self.BackupDirectory, parsed.GetValue(SetArgument));
        using var hold = await SetHold.TakeAsync(set.Folder, "backup verify", services.Get<TimeProvider>(), cancellationToken);
        List<string> problems = [.. await SetVerification.VerifyAsync(set.Folder, cancellationToken)];
        if (parsed.GetValue(Deep))
        {
            var tools = await DumpTools.FindAsync(services.Get<LiveOptions<PostgresOptions>>().Current.BinDirectory, set.Manifest.ServerVersionNumber, cancellationToken);
            foreach (var file in set.Manifest.Files.Where(file => file.Kind == "dump"))
            {
                if ((await DumpReading.ReadAsync(tools.Installation, Path.Combine(set.Folder, file.Name), services.Get<LiveOptions<BackupOptions>>().Current.DumpTimeout, ToolPriority.Low, cancellationToken)).Problem is { } problem)
                    problems.Add(problem);
            }
        }

        services.Get<SetMarks>().Record(set.Id, self.Name, problems.Count == 0 ? null : string.Join("; ", problems));
        if (parsed.GetValue(Json))
            BackupListing.Print(new { Schema = 1, Set = set.Id, IsGood = problems.Count == 0, IsDeep = parsed.GetValue(Deep), Problems = problems });
        else if (problems.Count == 0)
            Console.WriteLine($"{set.Id}: {set.Manifest.Files.Count + 1} files are as they were written{(parsed.GetValue(Deep) ? ", every dump can be read to its end" : "")}.");
        else
            problems.ForEach(problem => Console.Error.WriteLine($"{set.Id}: {problem}"));
        return problems.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task<int> CopyAsync(IHost services, ParseResult parsed, CancellationToken cancellationToken)
    {
        var self = services.Get<CurrentSite>().Value.Self;
        if (services.Get<SetCopies>().Places().Count == 0)
            throw new AgentException("No other database host has a backup directory, and there is no destination.", "Set Cluster:Nodes:NAME:BackupDirectory or Backup:Destinations.");
        var set = SetCatalog.Find(self.BackupDirectory, parsed.GetValue(SetArgument));
        if (set.Manifest.Origin != self.Name)
            throw new AgentException($"{set.Id} is itself a copy.", $"Copy it from {set.Manifest.Origin}.");
        var problems = await BackupProgressView.ShowAsync(false, progress => services.Get<BackupPipeline>().CopyAsync(set, progress, cancellationToken));
        foreach (var problem in problems)
            await Console.Error.WriteLineAsync($"No copy on {problem}");
        return problems.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }
}
