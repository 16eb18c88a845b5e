using System.Globalization;
using SispiAgent.BackupSets;
using SispiAgent.Postgres;
using SispiAgent.Processes;

namespace SispiAgent.Tests.Support;

/// <summary>Executes the commands of a set's RESTORE.md literally, by bash, as an operator without the agent would.</summary>
internal static class GuideShell
{
    public static async Task RunAsync(BackupSet set, ScratchServer server) => await ToolRunner.RunToSuccessAsync(new ToolCommand("bash", ["-e", "-u", "-o", "pipefail"])
    {
        Input = $"cd {ToolCommand.Quote(set.Folder)}\n{Blocks(await File.ReadAllTextAsync(Path.Combine(set.Folder, RestoreGuide.Name)))}",
        Timeout = TimeSpan.FromMinutes(5),
        Environment = new Dictionary<string, string?>
        {
            ["PGHOST"] = server.SocketDirectory, ["PGPORT"] = server.Port.ToString(CultureInfo.InvariantCulture), ["PGUSER"] = "postgres",
            ["PATH"] = $"{server.Installation.BinDirectory}:{Environment.GetEnvironmentVariable("PATH")}",
        },
    }, default);

    private static string Blocks(string guide) => string.Join('\n', guide.Split("```sh\n").Skip(1).Select(block => block[..block.IndexOf("```", StringComparison.Ordinal)]));
}
