using SispiAgent.Processes;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Deploy;

[Category("Root")]
internal sealed class InstallTests
{
    private const string Configuration = "etc/sispi-agent/appsettings.json";

    [Test]
    public async Task Installing_puts_everything_in_its_place_with_the_right_owner_and_enables_the_unit()
    {
        using var image = new InstalledRoot();
        var result = await image.InstallAsync("--node", "server2");

        Assert.That(result.ExitCode, Is.Zero, result.ErrorTail + result.Output);
        Assert.That(await image.OwnerAsync("var/lib/sispi-agent"), Is.EqualTo("4711:4712 700"));
        Assert.That(await image.OwnerAsync("var/log/sispi-agent"), Is.EqualTo("4711:4712 750"));
        Assert.That(await image.OwnerAsync("opt/sispi-agent/SispiAgent"), Is.EqualTo("0:0 755"));
        Assert.That(await image.OwnerAsync(Configuration), Is.EqualTo("0:0 644"));
        Assert.That(File.ReadAllText(image[Configuration]), Does.Contain("\"Node\": \"server2\""));
        Assert.That(new FileInfo(image["usr/local/bin/sispi-agent"]).LinkTarget, Is.EqualTo("/opt/sispi-agent/SispiAgent"));
        Assert.That(new FileInfo(image["etc/systemd/system/multi-user.target.wants/sispi-agent.service"]).LinkTarget, Is.EqualTo("/etc/systemd/system/sispi-agent.service"));
        Assert.That(File.Exists(image["opt/sispi-agent/docs/OPERATIONS.md"]));
    }

    [Test]
    public async Task The_installed_unit_passes_systemds_own_check()
    {
        Requires.Program("/usr/bin/systemd-analyze");
        using var image = new InstalledRoot();
        await image.InstallAsync("--node", "server2");
        await ToolRunner.RunToSuccessAsync(new ToolCommand("cp", ["-r", "--parents", "/lib/systemd/system", image.Root]), default);

        var check = await ToolRunner.RunAsync(new ToolCommand("systemd-analyze", ["--root", image.Root, "--man=no", "verify", "sispi-agent.service"]), default);

        Assert.That((check.ExitCode, check.ErrorTail + check.Output), Is.EqualTo((0, "")));
    }

    [Test]
    public async Task A_unit_with_a_planted_mistake_does_not_pass()
    {
        Requires.Program("/usr/bin/systemd-analyze");
        using var image = new InstalledRoot();
        await image.InstallAsync("--node", "server2");
        await ToolRunner.RunToSuccessAsync(new ToolCommand("cp", ["-r", "--parents", "/lib/systemd/system", image.Root]), default);
        File.AppendAllText(image["etc/systemd/system/sispi-agent.service"], "\n[Service]\nKillMode=gently\n");

        var check = await ToolRunner.RunAsync(new ToolCommand("systemd-analyze", ["--root", image.Root, "--man=no", "verify", "sispi-agent.service"]), default);

        Assert.That(check.ErrorTail + check.Output, Does.Contain("gently"));
    }

    [Test]
    public async Task Installing_again_keeps_the_configuration_and_puts_the_new_default_beside_it()
    {
        using var image = new InstalledRoot();
        await image.InstallAsync("--node", "server2");
        var edited = File.ReadAllText(image[Configuration]).Replace("postgres-status", "night-shift", StringComparison.Ordinal);
        File.WriteAllText(image[Configuration], edited);

        Directory.CreateDirectory(image["usr/lib/aarch64-linux-gnu"]);
        var result = await image.InstallAsync();
        File.WriteAllText(image["usr/lib/aarch64-linux-gnu/libisal.so.2.0.30"], "");

        Assert.That((await image.InstallAsync()).Output, Does.Not.Contain("libisal2"));
        Assert.That(result.ExitCode, Is.Zero, result.ErrorTail + result.Output);
        Assert.That(result.Output, Does.Contain("apt-get install libisal2"));
        Assert.That(File.ReadAllText(image[Configuration]), Is.EqualTo(edited));
        Assert.That(File.ReadAllText(image[Configuration + ".new"]), Does.Contain("postgres-status"));
        Assert.That(Directory.Exists(image["opt/sispi-agent.old"]) && File.Exists(image["opt/sispi-agent/SispiAgent"]));
    }

    [Test]
    public async Task A_configuration_that_is_not_valid_for_the_new_version_stops_the_installation_before_it_changes_anything()
    {
        using var image = new InstalledRoot();
        await image.InstallAsync("--node", "server2");
        File.WriteAllText(image[Configuration], """{ "Nonsense": { } }""");

        var result = await image.InstallAsync();

        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.BadConfiguration));
        Assert.That(result.ErrorTail, Does.Contain("Nonsense").And.Contain("Nothing was changed"));
        Assert.That(Directory.Exists(image["opt/sispi-agent.old"]), Is.False);
        Assert.That(Directory.Exists(image["opt/sispi-agent.new"]), Is.False);
    }

    [Test]
    public async Task The_web_hosts_user_goes_into_a_drop_in_and_is_remembered()
    {
        using var image = new InstalledRoot();
        await image.InstallAsync("--node", "system1", "--user", "codemanager");
        await image.InstallAsync();

        Assert.That(File.ReadAllLines(image["etc/systemd/system/sispi-agent.service.d/user.conf"]), Has.Member("User=codemanager"));
        Assert.That(await image.OwnerAsync("var/lib/sispi-agent"), Is.EqualTo("5000:5001 700"));
    }

    [Test]
    public async Task An_unknown_user_is_refused()
    {
        using var image = new InstalledRoot();
        var result = await image.InstallAsync("--user", "nobody-of-this-name");

        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(Directory.Exists(image["opt/sispi-agent"]), Is.False);
    }

    [Test]
    public async Task Removing_keeps_configuration_state_and_log_unless_told_otherwise()
    {
        using var image = new InstalledRoot();
        await image.InstallAsync("--node", "server2");

        Assert.That((await image.UninstallAsync()).ExitCode, Is.Zero);
        Assert.That(Directory.Exists(image["opt/sispi-agent"]), Is.False);
        Assert.That(File.Exists(image["etc/systemd/system/sispi-agent.service"]), Is.False);
        Assert.That(File.Exists(image[Configuration]) && Directory.Exists(image["var/lib/sispi-agent"]));

        Assert.That((await image.UninstallAsync("--purge")).ExitCode, Is.Zero);
        Assert.That(Directory.Exists(image["etc/sispi-agent"]) || Directory.Exists(image["var/lib/sispi-agent"]) || Directory.Exists(image["var/log/sispi-agent"]), Is.False);
    }
}
