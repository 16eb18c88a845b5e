using System.Text.Json;
using SispiAgent.BackupSets;
using SispiAgent.Cluster;
using SispiAgent.Configuration;

namespace SispiAgent.Cli;

/// <summary><c>peer verify</c>: checks a copy that another host has sent, publishes it if it is whole, and answers as JSON.</summary>
internal static class PeerVerifyVerb
{
    /// <summary>Checks and answers.</summary>
    public static async Task<int> RunAsync(ConfigurationFile file, CancellationToken cancellationToken)
    {
        using var host = VerbHost.Open(file);
        var site = host.Get<CurrentSite>().Value;
        CopyQuestion question;
        try
        {
            question = JsonSerializer.Deserialize<CopyQuestion>(await Console.In.ReadToEndAsync(cancellationToken), ManifestFile.Options) ?? throw new JsonException("It is empty.");
        }
        catch (JsonException e)
        {
            await Console.Error.WriteLineAsync($"Standard input has to be {{\"Origin\":\"NODE\",\"Name\":\"SET\"}}: {e.Message}");
            return ExitCode.BadConfiguration;
        }

        var verdict = await ReceivedCopy.TakeAsync(
            site.Self.BackupDirectory, question, name => site.Nodes.Any(node => node.Name == name && node.Kind is NodeKind.Database && node != site.Self), cancellationToken);
        if (verdict.IsGood)
            host.Get<SetMarks>().Record($"{verdict.Origin}/{verdict.Name}", site.Self.Name, problem: null);
        Console.WriteLine(JsonSerializer.Serialize(verdict, ManifestFile.Options));
        return ExitCode.Done;
    }
}
