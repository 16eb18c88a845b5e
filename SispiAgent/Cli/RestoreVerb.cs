using System.CommandLine;
using Microsoft.Extensions.Hosting;
using Npgsql;
using SispiAgent.Backup;
using SispiAgent.BackupSets;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.Postgres;
using SispiAgent.Restore;

namespace SispiAgent.Cli;

/// <summary><c>restore</c>: brings a set back, or a part of it. Never over what is there.</summary>
internal static class RestoreVerb
{
    private static readonly Option<string?> Set = new("--set") { Description = "The set, of this host's disk: 20261129T140200Z, or server2/20261129T140200Z. Without: the newest.", HelpName = "SET" };
    private static readonly Option<string?> Database = new("--database", "-d") { Description = "Only this database. Without: everything, into an empty server.", HelpName = "NAME" };
    private static readonly Option<string?> As = new("--as") { Description = "Another name for the database there.", HelpName = "NAME" };
    private static readonly Option<string[]> Schemas = new("--schema", "-n") { Description = "Only this schema, into a database that is there; may be repeated.", HelpName = "SCHEMA" };
    private static readonly Option<string[]> Tables = new("--table", "-t") { Description = "Only this table, into a database that is there; may be repeated.", HelpName = "SCHEMA.TABLE" };
    private static readonly Option<bool> Beside = new("--beside") { Description = "Tables come back in a schema of their own (restored_SET), beside the living ones." };
    private static readonly Option<bool> Replace = new("--replace") { Description = "A database or schema that is there is renamed to NAME_before_TIME and kept; a table moves into a schema of that name." };
    private static readonly Option<bool> NoTablespaces = new("--no-tablespaces") { Description = "Everything goes where the server's default is." };
    private static readonly Option<bool> Roles = new("--roles") { Description = "With --database: also makes roles of the set that the server lacks." };
    private static readonly Option<string?> Host = new("--host") { Description = "Another server than this host's: its name, or the directory of its socket.", HelpName = "HOST" };
    private static readonly Option<int?> Port = new("--port") { Description = "Its port.", HelpName = "PORT" };
    private static readonly Option<string?> User = new("--user") { Description = "A superuser there.", HelpName = "ROLE" };
    private static readonly Option<bool> Plan = new("--plan") { Description = "Only shows the steps, their order and sizes." };
    private static readonly Option<bool> Resume = new("--resume") { Description = "Goes on with the last restore that was broken off; the other options are as they were then." };
    private static readonly Option<bool> Json = new("--json") { Description = "Prints JSON, with a schema number." };

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var verb = new Command("restore", "Restores a backup set, a database, schemas or tables; never over what is there.") { Set, Database, As, Schemas, Tables, Beside, Replace, NoTablespaces, Roles, Host, Port, User, Plan, Resume, Json };
        verb.Validators.Add(result =>
        {
            if ((result.GetValue(As) is not null || result.GetValue(Schemas) is { Length: > 0 } || result.GetValue(Tables) is { Length: > 0 }) && result.GetValue(Database) is null)
                result.AddError("--as, --schema and --table need --database.");
            if (result.GetValue(Schemas) is { Length: > 0 } && result.GetValue(Tables) is { Length: > 0 })
                result.AddError("Give --schema or --table, not both.");
            if (result.GetValue(Beside) && result.GetValue(Tables) is not { Length: > 0 })
                result.AddError("--beside is for --table. A whole database comes back beside the living one with --as.");
            if (result.GetValue(Beside) && result.GetValue(Replace))
                result.AddError("--beside leaves what lives where it is, --replace moves it: give one of them.");
            foreach (var table in (result.GetValue(Tables) ?? []).Where(table => TableName.TryParse(table) is null))
                result.AddError($"\"{table}\" is not SCHEMA.TABLE.");
        });
        verb.SetAction(RunAsync);
        return verb;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var host = VerbHost.Open(parsed);
        var site = host.Get<CurrentSite>().Value;
        if (parsed.GetValue(Resume) && parsed.GetValue(Plan))
            throw new AgentException("--resume goes on as its journal says: it has no plan to show.", $"The journal: {host.Get<Restorer>().Journals}");
        if (parsed.GetValue(Resume))
            return await GoAsync(host, parsed, progress => host.Get<Restorer>().ResumeAsync(target => Connection(host, new NpgsqlConnectionStringBuilder(target)), progress, cancellationToken));
        var set = SetCatalog.Find(site.Self.BackupDirectory, parsed.GetValue(Set));
        var request = new RestoreRequest(set.Folder, parsed.GetValue(Database))
        {
            As = parsed.GetValue(As), Schemas = parsed.GetValue(Schemas) ?? [], Tables = [.. (parsed.GetValue(Tables) ?? []).Select(table => TableName.TryParse(table)!)],
            IsBeside = parsed.GetValue(Beside), Replaces = parsed.GetValue(Replace), NoTablespaces = parsed.GetValue(NoTablespaces), WithRoles = parsed.GetValue(Roles),
        };
        if (parsed.GetValue(Plan))
            return await RestorePlanView.ShowAsync(host, set, request, Restorer.Words(Given(host, parsed)), parsed.GetValue(Json), cancellationToken);
        var connection = Connection(host, Given(host, parsed));
        return await GoAsync(host, parsed, progress => host.Get<Restorer>().RunAsync(set, request, connection, progress, cancellationToken));
    }

    private static async Task<int> GoAsync(IHost host, ParseResult parsed, Func<IProgress<RestoreProgress>, Task<RestoreOutcome>> run)
    {
        var json = parsed.GetValue(Json);
        try
        {
            var outcome = await BackupProgressView.ShowAsync(json, progress => run(new Told(progress)));
            if (json)
                BackupListing.Print(new { Schema = 1, outcome.Set, outcome.Into, IsEqual = outcome.Problems.Count == 0, outcome.Problems, outcome.Remarks, outcome.Tables, outcome.Digests, Seconds = (long)outcome.Elapsed.TotalSeconds });
            else
                Tell(outcome);
            return outcome.Problems.Count == 0 ? ExitCode.Done : ExitCode.Incomplete;
        }
        catch (RestoreFailedException e)
        {
            await Console.Error.WriteLineAsync($"The restore broke at {e.At}:");
            foreach (var line in e.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                await Console.Error.WriteLineAsync($"  {line}");
            await Console.Error.WriteLineAsync(e.IsUndone
                ? "  What it had made was taken away again. Mend what is named above, then the same command again."
                : $"  What was done stays. Mend what is named above, then: sispi-agent restore --resume{Environment.NewLine}  What was done, step by step: {host.Get<Restorer>().Journals}");
            return e.IsUndone ? ExitCode.Failed : ExitCode.Incomplete;
        }
    }

    private static void Tell(RestoreOutcome outcome)
    {
        foreach (var remark in outcome.Remarks)
            Console.WriteLine($"  {remark}");
        if (outcome.Problems.Count == 0)
        {
            Console.WriteLine($"Restored from {outcome.Set} into {outcome.Into} in {Durations.Words(outcome.Elapsed)}. {(outcome.Tables == 1 ? "1 table has" : $"{outcome.Tables} tables have")} the rows that the manifest says, {outcome.Digests} of them compared by content too.");
            return;
        }

        Console.Error.WriteLine($"Restored from {outcome.Set} into {outcome.Into}, and it is NOT as the manifest says:");
        foreach (var problem in outcome.Problems)
            Console.Error.WriteLine($"  {problem}");
        Console.Error.WriteLine("  Try the copy of the set on the other host, or another set: sispi-agent backup list");
    }

    private static NpgsqlConnectionStringBuilder Given(IHost host, ParseResult parsed)
    {
        var own = host.Get<ServerConnector>().ConnectionString(host.Get<CurrentSite>().Value.Self, "postgres");
        var isElsewhere = parsed.GetValue(Host) is { } named && !named.StartsWith('/');
        return new()
        {
            Host = parsed.GetValue(Host) ?? own.Host, Port = parsed.GetValue(Port) ?? own.Port,
            Username = parsed.GetValue(User) ?? (isElsewhere ? host.Get<LiveOptions<PostgresOptions>>().Current.RemoteUser : own.Username),
        };
    }

    private static NpgsqlConnectionStringBuilder Connection(IHost host, NpgsqlConnectionStringBuilder given)
    {
        var own = host.Get<ServerConnector>().ConnectionString(host.Get<CurrentSite>().Value.Self, "postgres");
        (own.Host, own.Port, own.Username, own.CommandTimeout) = (given.Host, given.Port, given.Username, 0);
        return own;
    }

    /// <summary>The progress of a restore, shown as that of a backup is.</summary>
    private sealed class Told(IProgress<BackupProgress> progress) : IProgress<RestoreProgress>
    {
        public void Report(RestoreProgress value) => progress.Report(new(value.Unit, value.Step, value.Fraction));
    }
}
