using SispiAgent.Processes;

namespace SispiAgent.Tests.Support;

/// <summary>A network namespace, joined to this one by a pair of interfaces: another host as far as addresses go. Needs root.</summary>
internal sealed class Namespace : IAsyncDisposable
{
    private readonly string _name;

    private Namespace(string name, int net)
    {
        _name = name;
        Here = $"10.231.{net}.1";
        There = $"10.231.{net}.2";
    }

    /// <summary>This side's address.</summary>
    public string Here { get; }

    /// <summary>The other side's address.</summary>
    public string There { get; }

    /// <summary>An address of that network that nobody has.</summary>
    public string Nobody => There[..^1] + "3";

    public static async Task<Namespace> CreateAsync(int net)
    {
        Requires.That(Environment.UserName == "root", "root, for network namespaces");
        Requires.Program("/usr/sbin/ip");
        var made = new Namespace($"sispi{Environment.ProcessId}n{net}", net);
        var (near, far) = ($"sn{net}a{Environment.ProcessId % 100000}", $"sn{net}b{Environment.ProcessId % 100000}");
        var add = await ToolRunner.RunAsync(new ToolCommand("ip", ["netns", "add", made._name]), default);
        Requires.That(add.ExitCode == 0, $"the right to make network namespaces ({add.ErrorTail.Trim()})");
        var enter = await ToolRunner.RunAsync(new ToolCommand("ip", ["netns", "exec", made._name, "true"]), default);
        if (enter.ExitCode != 0)
            await made.DisposeAsync();
        Requires.That(enter.ExitCode == 0, $"a root directory in which ip can mount /sys, as a chroot's is not ({enter.ErrorTail.Trim()})");
        await IpAsync("link", "add", near, "type", "veth", "peer", "name", far, "netns", made._name);
        await IpAsync("addr", "add", $"{made.Here}/29", "dev", near);
        await IpAsync("link", "set", near, "up");
        await made.RunAsync("ip", "addr", "add", $"{made.There}/29", "dev", far);
        await made.RunAsync("ip", "link", "set", far, "up");
        await made.RunAsync("ip", "link", "set", "lo", "up");
        return made;
    }

    /// <summary>Runs a command on the other side.</summary>
    public Task RunAsync(params string[] command) => RootAsync("ip", ["netns", "exec", _name, .. command]);

    /// <summary>Runs a command as root on this side.</summary>
    public static Task RootAsync(string program, params string[] arguments) =>
        ToolRunner.RunToSuccessAsync(new ToolCommand(program, arguments) { DiscardsOutput = true, Timeout = TimeSpan.FromMinutes(5) }, default);

    public async ValueTask DisposeAsync() => await IpAsync("netns", "del", _name); // its interfaces go with it

    private static Task IpAsync(params string[] arguments) => RootAsync("ip", arguments);
}
