using System.Text.Json;
using SispiAgent.Backup;
using SispiAgent.BackupSets;
using SispiAgent.Configuration;

namespace SispiAgent.Cli;

/// <summary><c>peer catalog</c>: prints which backup sets are on this host's disk; reads only.</summary>
internal static class PeerCatalogVerb
{
    /// <summary>Prints it as JSON.</summary>
    public static async Task<int> RunAsync(ConfigurationFile file, CancellationToken cancellationToken)
    {
        using var host = VerbHost.Open(file);
        Console.WriteLine(JsonSerializer.Serialize(await host.Get<DiskCatalog>().ReadAsync(cancellationToken), ManifestFile.Options));
        return ExitCode.Done;
    }
}
