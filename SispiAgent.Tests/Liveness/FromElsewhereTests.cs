using System.Net;
using System.Net.Sockets;
using System.Text;
using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.Liveness;
using SispiAgent.Peers;
using SispiAgent.Postgres;
using SispiAgent.Processes;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Liveness;

/// <summary>What the web host's agent sees over the network, and whose fact it is.</summary>
[Category("Postgres")]
internal sealed class FromElsewhereTests
{
    private readonly TempFolder _folder = new();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task It_speaks_for_a_server_only_after_its_own_agent_was_silent_thrice()
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        using var watch = From(server);
        await File.WriteAllTextAsync(watch.Postgres.PassFile = _folder["pass"], "");
        await ToolRunner.RunToSuccessAsync(new ToolCommand("chmod", ["600", _folder["pass"]]), default);
        await server.ExecuteAsync("CREATE ROLE dbadmin LOGIN");
        Assert.That(await watch.Liveness.RunAsync(default), Is.Empty);
        Assert.That(watch.Liveness.Unseen, Is.Empty);
        await server.StopAsync();

        Assert.That(await watch.Liveness.RunAsync(default), Is.Empty);
        Assert.That(watch.Liveness.Unseen, Is.EqualTo(new[] { new Unseen("server2") }), "what was told of it before this agent began is not over");
        Assert.That(await watch.Liveness.RunAsync(default), Is.Empty);
        var finding = (await watch.Liveness.RunAsync(default)).Single();
        Assert.That(watch.Liveness.Unseen, Is.Empty);

        Assert.That((finding.Code, finding.Subject, finding.State), Is.EqualTo((LivenessJudge.Server, "server2", "Refusing")));
        Assert.That(finding.Evidence, Has.Some.Contains("seen from system1").And.Some.Contains("the host is up and nothing listens"));
    }

    [TestCase("wrong", "600", Reach.BadCredentials, "")]
    [TestCase("right", "600", Reach.Accepting, "")]
    [TestCase("right", "644", Reach.BadCredentials, "chmod 600")]
    [TestCase(null, "600", Reach.BadCredentials, "")]
    public async Task The_password_decides_and_a_pass_file_that_others_read_is_none(string? password, string mode, Reach expected, string said)
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        await server.ExecuteAsync("CREATE ROLE dbadmin LOGIN PASSWORD 'right'");
        await AllowAsync(server, "host all all 127.0.0.1/32 scram-sha-256");
        using var watch = From(server);
        watch.Postgres.PassFile = _folder["pass"];
        await File.WriteAllTextAsync(_folder["pass"], password is null ? "" : $"*:*:*:dbadmin:{password}\n");
        await ToolRunner.RunToSuccessAsync(new ToolCommand("chmod", [mode, _folder["pass"]]), default);

        var status = await watch.Reader.ReadAsync(watch.Site.Value.Nodes[1], default);

        Assert.That(status.Reach, Is.EqualTo(expected));
        Assert.That(status.Problem ?? "", Does.Contain(said));
    }

    [TestCase("host all all 127.0.0.1/32 reject", "postgres")]
    [TestCase("host all all 127.0.0.1/32 trust", "nowhere")]
    public async Task Access_refused_is_not_a_dead_server(string rule, string database)
    {
        await using var server = await PostgresServers.StartPrimaryAsync(("lc_messages", "C"));
        await server.ExecuteAsync("CREATE ROLE dbadmin LOGIN");
        await AllowAsync(server, rule);
        using var watch = From(server);
        watch.Postgres.Database = database;

        Assert.That((await watch.Reader.ReadAsync(watch.Site.Value.Nodes[1], default)).Reach, Is.EqualTo(Reach.AccessRefused));
    }

    [TestCase("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [TestCase("")]
    public async Task Something_else_on_the_port_is_not_PostgreSQL(string answer)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var ending = new CancellationTokenSource();
        var serving = ServeAsync(listener, answer, ending.Token);
        using var watch = new Watch("system1").With("system1", NodeKind.Web).With("server2", NodeKind.Database, ((IPEndPoint)listener.LocalEndpoint).Port);

        Assert.That((await watch.Reader.ReadAsync(watch.Site.Value.Nodes[1], default)).Reach, Is.EqualTo(Reach.NotPostgres));

        await ending.CancelAsync();
        await serving;
    }

    [Test]
    public void The_word_of_the_servers_own_agent_decides()
    {
        using var watch = new Watch("system1").With("system1", NodeKind.Web).With("server2", NodeKind.Database);
        var node = watch.Site.Value.Nodes[1];
        ServerStatus Status(Reach reach) => new("server2", TimeProvider.System.GetUtcNow(), reach);
        PeerAnswer Answer(string state, bool isHealthy, int silent = 0) => new("server2", new PeerFacts(1, "1", "server2", "", TimeProvider.System.GetUtcNow(), new ServerFacts(state, isHealthy, "primary", 150000, "1", 1, "0/1", null), []), TimeProvider.System.GetUtcNow(), silent, null);
        string? Judge(Reach reach, PeerAnswer? answer) => LivenessJudge.FromElsewhere(node, Status(reach), answer, 3, "system1")?.Code.Value;

        Assert.Multiple(() =>
        {
            Assert.That(Judge(Reach.Refusing, Answer("Refusing", false)), Is.Null, "its own agent mails it");
            Assert.That(Judge(Reach.Refusing, Answer("Accepting", true)), Is.EqualTo("liveness.network"));
            Assert.That(Judge(Reach.Unreachable, Answer("Accepting", true)), Is.EqualTo("liveness.network"));
            Assert.That(Judge(Reach.BadCredentials, Answer("Accepting", true)), Is.EqualTo("liveness.server"), "it answered: not the network");
            Assert.That(Judge(Reach.Full, Answer("Full", false)), Is.Null);
            Assert.That(Judge(Reach.NotAccepting, Answer("NotAccepting", true)), Is.Null, "a standby without hot standby");
            Assert.That(Judge(Reach.NotAccepting, Answer("NotAccepting", true, 9)), Is.Null, "a standby without hot standby whose agent has gone silent: nothing has changed");
            Assert.That(Judge(Reach.Refusing, Answer("NotAccepting", true, 9)), Is.EqualTo("liveness.server"));
            Assert.That(Judge(Reach.NotAccepting, Answer("Accepting", true, 9)), Is.EqualTo("liveness.server"), "a primary that has stopped accepting");
            Assert.That(Judge(Reach.NotAnswering, Answer("Accepting", true, 2)), Is.Null, "it may still answer");
            Assert.That(Judge(Reach.NotAnswering, Answer("Accepting", true, 3)), Is.EqualTo("liveness.server"));
            Assert.That(Judge(Reach.Accepting, null), Is.Null);
        });
    }

    private static Watch From(ScratchServer server) => new Watch("system1").With("system1", NodeKind.Web).With("server2", NodeKind.Database, server);

    private static async Task AllowAsync(ScratchServer server, string rule)
    {
        await File.WriteAllTextAsync(Path.Combine(server.DataDirectory, "pg_hba.conf"), $"local all all trust\n{rule}\n");
        await server.StopAsync();
        await server.StartAsync(default);
    }

    private static async Task ServeAsync(TcpListener listener, string answer, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(cancellationToken);
                _ = await client.GetStream().ReadAtLeastAsync(new byte[8], 8, throwOnEndOfStream: false, cancellationToken);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer), cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
