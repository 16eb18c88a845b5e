using System.Globalization;
using SispiAgent.Cluster;
using SispiAgent.Postgres;
using SispiAgent.Replication;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Replication;

/// <summary>On loopback every sender has the same client: here the standbys have addresses of their own and both are named walreceiver.</summary>
[Category("Root")]
internal sealed class SenderAddressTests
{
    private readonly TempFolder _folder = new();
    private readonly PostgresInstallation _installation = PostgresInstallation.Newest("initdb", "pg_ctl", "postgres");
    private readonly int _port = Ports.Next();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task Each_sender_is_known_by_its_clients_address_and_a_dead_host_is_unreachable()
    {
        await using var server3 = await Namespace.CreateAsync(3);
        await using var des10 = await Namespace.CreateAsync(10);
        await Namespace.RootAsync("chown", "postgres", _folder.Folder);
        await Namespace.RootAsync("setpriv", [.. AsPostgres, _installation.Program("initdb"), "-D", Data("server2"), "-U", "postgres", "-A", "trust", "--no-sync"]);
        await File.AppendAllTextAsync(Path.Combine(Data("server2"), "postgresql.conf"), $"listen_addresses='*'\nport={_port}\nunix_socket_directories='{_folder.Folder}'\nfsync=off\nshared_buffers=16MB\nlc_messages=C\n");
        await File.AppendAllTextAsync(Path.Combine(Data("server2"), "pg_hba.conf"), "host all all 10.231.0.0/16 trust\nhost replication all 10.231.0.0/16 trust\n");
        await CopyAsync("server3", server3.Here);
        await CopyAsync("des10", des10.Here);
        try
        {
            await Namespace.RootAsync("setpriv", [.. AsPostgres, .. Start("server2")]);
            await server3.RunAsync(["setpriv", .. AsPostgres, .. Start("server3")]);
            await des10.RunAsync(["setpriv", .. AsPostgres, .. Start("des10")]);
            using var watch = new Watch("server2").With("server2", NodeKind.Database, _port, Data("server2"), _folder.Folder)
                .With("server3", NodeKind.Database, _port, address: server3.There).With("des10", NodeKind.Mirror, _port, address: des10.There).With("dead", NodeKind.Mirror, _port, address: des10.Nobody);
            await Eventually.TrueAsync(async () =>
            {
                var findings = await watch.Senders.RunAsync(default);
                return findings.Select(finding => finding.Subject).SequenceEqual(["dead"]) && watch.Seen("server3", "WAL sender").IsWell && watch.Seen("des10", "WAL sender").IsWell;
            }, "senders of both addresses");

            await StopAsync("des10");
            await Eventually.TrueAsync(async () => (await watch.Senders.RunAsync(default)).Select(finding => (finding.Code, finding.Subject)).SequenceEqual([(SenderJudge.Missing, "des10"), (SenderJudge.Missing, "dead")]), "missing sender of des10");
            Assert.That(watch.Seen("server3", "WAL sender").IsWell, Is.True);
            Assert.That((await watch.Reader.ReadAsync(watch.Site.Value.Nodes[3], default)).Reach, Is.EqualTo(Reach.Unreachable));
            Assert.That((await watch.Reader.ReadAsync(watch.Site.Value.Nodes[2], default)).Reach, Is.EqualTo(Reach.Refusing), "the host is there, its server is not");
        }
        finally
        {
            foreach (var node in new[] { "server3", "des10", "server2" })
                await StopAsync(node);
        }
    }

    private static string[] AsPostgres => ["--reuid=postgres", "--regid=postgres", "--init-groups"];

    private string Data(string node) => _folder[node];

    private string[] Start(string node) => [_installation.Program("pg_ctl"), "start", "-w", "-s", "-D", Data(node), "-l", _folder[node + ".log"]];

    private async Task CopyAsync(string node, string upstream)
    {
        await Namespace.RootAsync("cp", "-a", Data("server2"), Data(node));
        await Namespace.RootAsync("mkdir", "-m", "777", _folder[node + ".socket"]);
        await File.AppendAllTextAsync(Path.Combine(Data(node), "postgresql.conf"), string.Create(CultureInfo.InvariantCulture, $"unix_socket_directories='{_folder[node + ".socket"]}'\nprimary_conninfo='host={upstream} port={_port} user=postgres'\n"));
        await Namespace.RootAsync("setpriv", [.. AsPostgres, "touch", Path.Combine(Data(node), "standby.signal")]);
    }

    private async Task StopAsync(string node)
    {
        if (File.Exists(Path.Combine(Data(node), "postmaster.pid")))
            await Namespace.RootAsync("setpriv", [.. AsPostgres, _installation.Program("pg_ctl"), "stop", "-w", "-s", "-m", "immediate", "-D", Data(node)]);
    }
}
