using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Hosting;
using SispiAgent.Backup;
using SispiAgent.BackupSets;
using SispiAgent.Cli;
using SispiAgent.Configuration;
using SispiAgent.Postgres;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Backup;

/// <summary>A host of a site with a real primary, and perhaps a second host for the copies; the project's own appsettings.json, edited.</summary>
internal sealed class BackupSite : IAsyncDisposable
{
    private readonly TempFolder _folder = new();

    private BackupSite(ScratchServer server, int sshPort, JsonObject? backup)
    {
        Server = server;
        Write("server2", sshPort, backup);
        if (sshPort > 0)
            Write("server3", sshPort, backup);
    }

    public ScratchServer Server { get; }

    public string Folder => _folder.Folder;

    public string Sets => _folder["sets-server2"];

    public string Origin => Path.Combine(Sets, "server2");

    public string ConfigurationFile(string node = "server2") => _folder[$"{node}.json"];

    public string State(string node = "server2") => _folder[$"state-{node}"];

    public string Copies => _folder["sets-server3"];

    public static async Task<BackupSite> StartAsync(JsonObject? backup = null, int sshPort = 0, params (string Key, string Value)[] settings) =>
        new(await PostgresServers.StartPrimaryAsync(settings), sshPort, backup);

    /// <summary>The same with the sample in its databases.</summary>
    public static async Task<BackupSite> StartSampleAsync(JsonObject? backup = null) => new(await PostgresServers.StartSampleAsync(), 0, backup);

    /// <summary>The same with a server of another version.</summary>
    public static async Task<BackupSite> StartAsync(PostgresInstallation installation, JsonObject? backup = null) => new(await PostgresServers.StartPrimaryAsync(installation), 0, backup);

    /// <summary>Edits the configuration of server2.</summary>
    public void Edit(Action<JsonObject> edit)
    {
        var root = JsonNode.Parse(File.ReadAllText(ConfigurationFile()))!.AsObject();
        edit(root);
        File.WriteAllText(ConfigurationFile(), root.ToJsonString());
    }

    public IHost Open(string node = "server2") => VerbHost.Open(new ConfigurationFile(ConfigurationFile(node)));

    public async Task<BackupOutcome> RunAsync(IProgress<BackupProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using var host = Open();
        var pipeline = host.Get<BackupPipeline>();
        return await pipeline.RunAsync(await pipeline.LookAsync(cancellationToken), progress ?? new Progress<BackupProgress>(), cancellationToken);
    }

    public async Task<string> TextAsync(string sql)
    {
        await using var connection = await Server.OpenAsync("postgres", default);
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    public string[] Folders() => Directory.Exists(Origin) ? [.. Directory.EnumerateDirectories(Origin).Select(folder => Path.GetFileName(folder)!).Order()] : [];

    public IReadOnlyList<BackupSet> Catalog() => SetCatalog.Read(Sets);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Dispose();
    }

    private void Write(string node, int sshPort, JsonObject? backup)
    {
        var root = JsonNode.Parse(File.ReadAllText(Repository.Path("appsettings.json")), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!.AsObject();
        root["Agent"]!["Node"] = node;
        root["Agent"]!["StateDirectory"] = State(node);
        var nodes = new JsonObject { ["server2"] = Node("server2", sshPort) };
        if (sshPort > 0)
            nodes["server3"] = Node("server3", sshPort);
        root["Cluster"]!["Nodes"] = nodes;
        foreach (var (key, value) in backup ?? [])
            root["Backup"]![key] = value!.DeepClone();
        File.WriteAllText(ConfigurationFile(node), root.ToJsonString());
    }

    private JsonObject Node(string name, int sshPort) => new()
    {
        ["Kind"] = "Database", ["Address"] = "127.0.0.1", ["Port"] = name == "server2" ? Server.Port : Ports.Next(), ["DataDirectory"] = Server.DataDirectory, ["SocketDirectory"] = Server.SocketDirectory,
        ["BackupDirectory"] = name == "server2" ? Sets : Copies, ["SshPort"] = sshPort == 0 ? 22 : sshPort, ["SshUser"] = Environment.UserName,
    };
}
