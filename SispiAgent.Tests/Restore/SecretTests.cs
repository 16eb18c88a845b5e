using System.Diagnostics;
using System.Globalization;
using Npgsql;
using SispiAgent.Platform;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Restore;

[Category("Postgres")]
internal sealed class SecretTests
{
    private const string Secret = "vErY-sEcReT-77";

    [Test]
    public async Task Over_TCP_the_password_comes_from_the_pass_file_and_is_in_no_argument_or_environment()
    {
        Requires.That(Directory.Exists("/proc/self/fdinfo"), "Linux's /proc");
        var (site, _) = await Sets.SampleAsync("""
            CREATE FUNCTION public.waits(int) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(42); RETURN true; END';
            CREATE TABLE public.waiting (a int CHECK (public.waits(a))); INSERT INTO public.waiting VALUES (1)
            """);
        await using var mine = site;
        await site.Server.ExecuteAsync($"CREATE ROLE restorer SUPERUSER LOGIN PASSWORD '{Secret}'");
        var hba = Path.Combine(site.Server.DataDirectory, "pg_hba.conf");
        await File.WriteAllTextAsync(hba, $"host all all 127.0.0.1/32 {(site.Server.Installation.Major < 10 ? "md5" : "scram-sha-256")}\n{await File.ReadAllTextAsync(hba)}");
        await site.Server.ExecuteAsync("SELECT pg_reload_conf()");
        await site.Server.ExecuteAsync("DROP TABLE public.waiting", "decam_prd");
        var passFile = Path.Combine(site.Folder, "pgpass");
        site.Edit(root => root["Postgres"]!["PassFile"] = passFile);
        string[] restore = ["restore", "--config", site.ConfigurationFile(), "--host", "127.0.0.1", "--port", site.Server.Port.ToString(CultureInfo.InvariantCulture), "--user", "restorer", "--database", "decam_prd", "--table", "public.waiting"];

        var without = await AgentProgram.RunAsync(restore);
        Assert.That(without.ErrorTail, Does.StartWith("The server at restorer@127.0.0.1"));
        OwnerOnly.CreateFile(passFile);
        await File.WriteAllTextAsync(passFile, $"127.0.0.1:*:*:restorer:{Secret}\n");
        await using var holder = await site.Server.OpenAsync("decam_prd", default);
        await ExecuteAsync(holder, "SELECT pg_advisory_lock(42)");
        using var restoring = Process.Start(new ProcessStartInfo(AgentProgram.FilePath, restore) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (said, complained) = (restoring.StandardOutput.ReadToEndAsync(), restoring.StandardError.ReadToEndAsync());
        await Eventually.TrueAsync(async () => restoring.HasExited || await Sets.TextAsync(site.Server, "postgres", "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'sispi-agent restore%' AND wait_event_type = 'Lock'") != "0", "restore that waits");

        int[] processes = [restoring.Id, .. ProcessTree.Below(restoring.Id).Select(process => process.Id)];
        var words = string.Concat(processes.SelectMany(process => new[] { $"/proc/{process}/cmdline", $"/proc/{process}/environ" }).Select(File.ReadAllText));
        Assert.That(words, Does.Contain("pg_restore").And.Contain($"PGPASSFILE={passFile}"));
        Assert.That(words, Does.Not.Contain(Secret));
        await ExecuteAsync(holder, "SELECT pg_advisory_unlock(42)");
        await restoring.WaitForExitAsync();

        Assert.That(restoring.ExitCode, Is.Zero, await complained);
        Assert.That(await said + await complained, Does.Not.Contain(Secret));
        Assert.That(await Sets.TextAsync(site.Server, "decam_prd", "SELECT count(*) FROM public.waiting"), Is.EqualTo("1"));
        foreach (var file in Directory.EnumerateFiles(site.State(), "*", SearchOption.AllDirectories).Where(file => !file.Contains("agent.db", StringComparison.Ordinal)))
            Assert.That(await File.ReadAllTextAsync(file), Does.Not.Contain(Secret), file);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
