using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using SispiAgent.BackupSets;
using SispiAgent.Postgres;
using SispiAgent.Processes;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Backup;

/// <summary>A real small file system that becomes full in the middle of a dump, and one that can't be written.</summary>
[Category("Root")]
internal sealed class FullDiskTests
{
    private readonly TempFolder _folder = new();
    private readonly PostgresInstallation _installation = PostgresInstallation.Newest("initdb", "pg_ctl", "postgres", "pg_dump");
    private readonly int _port = Ports.Next();

    private string Disk => _folder["disk"];

    private string Origin => Path.Combine(Disk, "server2");

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task A_disk_that_becomes_full_or_read_only_costs_the_run_and_nothing_else()
    {
        await Namespace.RootAsync("chown", "postgres", _folder.Folder);
        Directory.CreateDirectory(Disk);
        Directory.CreateDirectory(_folder["state"]);
        await Namespace.RootAsync("mount", "-t", "tmpfs", "-o", "size=160m,mode=0700,uid=postgres", "sispi-test", Disk);
        try
        {
            await Namespace.RootAsync("chown", "postgres", _folder["state"]);
            await AsPostgresAsync(_installation.Program("initdb"), "-D", _folder["data"], "-U", "postgres", "-A", "trust", "--no-sync");
            await File.AppendAllTextAsync(Path.Combine(_folder["data"], "postgresql.conf"), $"listen_addresses=''\nport={_port}\nunix_socket_directories='{_folder.Folder}'\nfsync=off\n");
            await AsPostgresAsync(_installation.Program("pg_ctl"), "start", "-w", "-s", "-D", _folder["data"], "-l", _folder["server.log"]);
            await SqlAsync("postgres", "CREATE DATABASE decam_prd");
            await SqlAsync("decam_prd", "CREATE TABLE big AS SELECT g AS id, md5(g::text) || md5((g * 7)::text) || md5((g * 11)::text) AS text FROM generate_series(1, 500000) g");
            Configure();
            Assert.That((await RunAsync()).ExitCode, Is.Zero);
            var older = SetCatalog.Read(Disk).Single();

            var full = await RunAsync(fill: true);
            Assert.That(full.ExitCode, Is.EqualTo(ExitCode.Failed), full.ErrorTail);
            Assert.That(full.ErrorTail, Does.Contain("The backup broke at decam_prd, schema public").And.Contain("the older ones are untouched"));
            Assert.That(Directory.EnumerateDirectories(Origin).Select(Path.GetFileName), Is.EqualTo(new[] { older.Manifest.Name }));
            Assert.That(await SetVerification.VerifyAsync(older.Folder, default), Is.Empty);

            File.Delete(Path.Combine(Disk, "filler"));
            await Namespace.RootAsync("mount", "-o", "remount,ro", Disk);
            var closed = await RunAsync();
            Assert.That(closed.ExitCode, Is.EqualTo(ExitCode.Failed));
            Assert.That(closed.ErrorTail, Does.Contain("can't be written").And.Contain("Read-only file system"));

            await Namespace.RootAsync("mount", "-o", "remount,rw", Disk);
            Assert.That((await RunAsync()).ExitCode, Is.Zero);
            Assert.That(SetCatalog.Read(Disk), Has.Count.EqualTo(2));
        }
        finally
        {
            await ToolRunner.RunAsync(new ToolCommand("setpriv", ["--reuid=postgres", "--regid=postgres", "--init-groups", _installation.Program("pg_ctl"), "stop", "-m", "immediate", "-s", "-D", _folder["data"]]), default);
            await Namespace.RootAsync("umount", "-l", Disk);
        }
    }

    /// <summary>Runs a backup; fills the disk as soon as the large table's file is there.</summary>
    private async Task<ToolResult> RunAsync(bool fill = false)
    {
        var running = AgentProgram.RunAsync("backup", "run", "--config", _folder["appsettings.json"]);
        if (fill)
        {
            await Eventually.TrueAsync(() => running.IsCompleted || Directory.EnumerateFiles(Origin, "decam_prd.schema.public.dump", SearchOption.AllDirectories).Any(file => file.Contains(SetName.Partial, StringComparison.Ordinal)), "the large table's file");
            await ToolRunner.RunAsync(new ToolCommand("dd", ["if=/dev/zero", $"of={Path.Combine(Disk, "filler")}", "bs=1M"]), default);
        }

        return await running;
    }

    private Task AsPostgresAsync(params string[] command) => Namespace.RootAsync("setpriv", ["--reuid=postgres", "--regid=postgres", "--init-groups", .. command]);

    private Task SqlAsync(string database, string sql) =>
        AsPostgresAsync(_installation.Program("psql"), "-X", "-q", "-h", _folder.Folder, "-p", _port.ToString(CultureInfo.InvariantCulture), "-U", "postgres", "-d", database, "-c", sql);

    private void Configure()
    {
        var root = JsonNode.Parse(File.ReadAllText(Repository.Path("appsettings.json")), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!.AsObject();
        root["Agent"] = new JsonObject { ["Node"] = "server2", ["StateDirectory"] = _folder["state"] };
        root["Cluster"]!["Nodes"] = new JsonObject
        {
            ["server2"] = new JsonObject { ["Kind"] = "Database", ["Address"] = "127.0.0.1", ["Port"] = _port, ["DataDirectory"] = _folder["data"], ["SocketDirectory"] = _folder.Folder, ["BackupDirectory"] = Disk },
        };
        root.Remove("Serilog");
        File.WriteAllText(_folder["appsettings.json"], root.ToJsonString());
    }
}
