using System.Globalization;
using SispiAgent.Platform;
using SispiAgent.Processes;

namespace SispiAgent.Demo;

/// <summary>
/// A real sshd of an ordinary user, on loopback, with a host key and an authorized_keys of its own: each of the demo's hosts has one,
/// and the tests use it. Ended by its process id.
/// </summary>
internal sealed class LoopbackSsh : IAsyncDisposable
{
    private const string Program = "/usr/sbin/sshd";

    private LoopbackSsh(string folder, int port) => (Folder, Port) = (folder, port);

    /// <summary>The folder of its files.</summary>
    public string Folder { get; }

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Who may log in, and what he may run.</summary>
    public string AuthorizedKeys => Path.Combine(Folder, "authorized_keys");

    /// <summary>Its line for a client's known_hosts.</summary>
    public string KnownHostsLine => string.Create(CultureInfo.InvariantCulture, $"[127.0.0.1]:{Port} {File.ReadAllText(Path.Combine(Folder, "host_key.pub")).Trim()}\n");

    private string PidFile => Path.Combine(Folder, "sshd.pid");

    /// <summary>Makes a host key and starts the server.</summary>
    /// <param name="folder">A folder for its files; made if it is not there.</param>
    /// <param name="port">A free port.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="AgentException">There is no sshd, or it did not start.</exception>
    public static async Task<LoopbackSsh> StartAsync(string folder, int port, CancellationToken cancellationToken)
    {
        if (!File.Exists(Program))
            throw new AgentException($"{Program} is not there.", "Install it (Debian: openssh-server); its service need not run.");
        var ssh = new LoopbackSsh(Directory.CreateDirectory(folder).FullName, port);
        await ToolRunner.RunToSuccessAsync(new ToolCommand("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(ssh.Folder, "host_key")]), cancellationToken);
        await File.WriteAllTextAsync(ssh.AuthorizedKeys, "", cancellationToken);
        await ssh.ListenAsync(cancellationToken);
        return ssh;
    }

    /// <summary>Starts the server again after <see cref="StopAsync"/>.</summary>
    public async Task ListenAsync(CancellationToken cancellationToken)
    {
        var configuration = Path.Combine(Folder, "sshd_config");
        // The key exchange that withstands quantum computers takes most of a login's time, and nothing leaves this host.
        await File.WriteAllTextAsync(configuration, string.Create(CultureInfo.InvariantCulture, $"""
            ListenAddress 127.0.0.1
            Port {Port}
            HostKey {Path.Combine(Folder, "host_key")}
            PidFile {PidFile}
            AuthorizedKeysFile {AuthorizedKeys}
            AuthenticationMethods publickey
            UsePAM no
            StrictModes no
            PrintMotd no
            KexAlgorithms curve25519-sha256

            """), cancellationToken);
        await ToolRunner.RunToSuccessAsync(new ToolCommand(Program, ["-f", configuration, "-E", Path.Combine(Folder, "sshd.log")]) { DiscardsOutput = true }, cancellationToken);
        while (ProcessId() is null)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
    }

    /// <summary>Ends the server and its sessions.</summary>
    public async Task StopAsync()
    {
        if (ProcessId() is not { } id)
            return;
        var sessions = ProcessTree.Below(id);
        ProcessSignal.Send(id, ProcessSignal.Terminate);
        while (ProcessSignal.IsRunning(id))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        ProcessTree.Kill(sessions);
        File.Delete(PidFile);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

    internal int? ProcessId() => File.Exists(PidFile) && int.TryParse(File.ReadAllText(PidFile).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
}
