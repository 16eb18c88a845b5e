using System.Security.Cryptography.X509Certificates;
using Npgsql;
using SispiAgent.Postgres;
using SispiAgent.Processes;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Postgres;

/// <summary>A knock tells a server that answers from one that does not, and the server's log nothing.</summary>
[Category("Postgres")]
internal sealed class KnockTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    [Test]
    public async Task It_leaves_no_line_with_or_without_TLS_on([Values(10, 13, 15, 18)] int major, [Values] bool tls)
    {
        await using var server = await PostgresServers.StoppedAsync(Versions.Require(major));
        if (tls)
            await OfferTlsAsync(server);
        await server.StartAsync(default);

        for (var i = 0; i < 5; i++)
        {
            await Knock.AtAsync("127.0.0.1", server.Port, Limit, default);
            await Knock.AtAsync(server.SocketDirectory, server.Port, Limit, default);
        }

        await server.StopAsync(); // waits for the processes that took the knocks
        Assert.That(File.ReadLines(server.LogFile).Where(line => line.Contains("SSL", StringComparison.Ordinal) || line.Contains("packet", StringComparison.Ordinal) || line.Contains("client", StringComparison.Ordinal) || line.Contains("FATAL", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public async Task A_stopped_and_a_frozen_server_do_not_answer()
    {
        await using var server = await PostgresServers.StartPrimaryAsync();
        async Task<Reach> JudgeAsync(string host) => ReachJudge.Judge((await Assert.CatchAsync<NpgsqlException>(() => Knock.AtAsync(host, server.Port, TimeSpan.FromSeconds(1), default)))!);

        server.Freeze();
        Assert.That(await JudgeAsync("127.0.0.1"), Is.EqualTo(Reach.NotAnswering));
        Assert.That(await JudgeAsync(server.SocketDirectory), Is.EqualTo(Reach.NotAnswering));
        server.Thaw();
        await server.StopAsync();

        Assert.That(await JudgeAsync("127.0.0.1"), Is.EqualTo(Reach.Refusing));
        Assert.That(await JudgeAsync(server.SocketDirectory), Is.EqualTo(Reach.Refusing));
    }

    private static async Task OfferTlsAsync(ScratchServer server)
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue("localhost");
        using var key = certificate.GetRSAPrivateKey()!;
        var keyFile = Path.Combine(server.DataDirectory, "server.key");
        await File.WriteAllTextAsync(Path.Combine(server.DataDirectory, "server.crt"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem());
        await ToolRunner.RunToSuccessAsync(new ToolCommand("chmod", ["600", keyFile]), default);
        server.Set(("ssl", "on"));
    }
}
