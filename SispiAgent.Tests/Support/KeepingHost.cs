using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Hosting;
using SispiAgent.BackupSets;
using SispiAgent.Cli;
using SispiAgent.Configuration;
using SispiAgent.Postgres;

namespace SispiAgent.Tests.Support;

/// <summary>A database host with a disk of backup sets; without a server none runs. The project's own appsettings.json, edited.</summary>
internal sealed class KeepingHost : IDisposable
{
    private readonly TempFolder _folder = new();

    public KeepingHost(string node = "server2", JsonObject? backup = null, ScratchServer? server = null)
    {
        var root = JsonNode.Parse(File.ReadAllText(Repository.Path("appsettings.json")), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!.AsObject();
        root["Agent"]!["Node"] = node;
        root["Agent"]!["StateDirectory"] = _folder["state"];
        Directory.CreateDirectory(_folder["state"]);
        Directory.CreateDirectory(Sets);
        foreach (var name in new[] { "server2", "server3" })
        {
            root["Cluster"]!["Nodes"]![name]!["DataDirectory"] = server is not null && name == node ? server.DataDirectory : _folder["data"];
            root["Cluster"]!["Nodes"]![name]!["SocketDirectory"] = server is not null && name == node ? server.SocketDirectory : "";
            root["Cluster"]!["Nodes"]![name]!["Address"] = "127.0.0.1";
            root["Cluster"]!["Nodes"]![name]!["Port"] = server is not null && name == node ? server.Port : Ports.Next();
            root["Cluster"]!["Nodes"]![name]!["BackupDirectory"] = name == node ? Sets : _folder["elsewhere"];
        }

        foreach (var (key, value) in backup ?? [])
            root["Backup"]![key] = value!.DeepClone();
        File.WriteAllText(ConfigurationFile, root.ToJsonString());
    }

    public string Sets => _folder["sets"];

    public string ConfigurationFile => _folder["appsettings.json"];

    public string Database => _folder["state/agent.db"];

    public static DateTimeOffset Now { get; } = new(TimeProvider.System.GetUtcNow().UtcTicks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);

    /// <summary>A set made some days ago.</summary>
    public string Make(int daysOld, string origin = "server2", string systemIdentifier = "7", Func<SetManifest, SetManifest>? change = null) => MadeSet.Make(Sets, origin, Now.AddDays(-daysOld), systemIdentifier, change);

    public string Id(int daysOld, string origin = "server2") => $"{origin}/{SetName.For(Now.AddDays(-daysOld))}";

    public IHost Open() => VerbHost.Open(new ConfigurationFile(ConfigurationFile));

    public void Dispose() => _folder.Dispose();
}
