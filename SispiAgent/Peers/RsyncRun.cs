using System.Globalization;
using SispiAgent.Processes;

namespace SispiAgent.Peers;

/// <summary>One run of rsync over ssh: never a question, never a strange host.</summary>
internal static class RsyncRun
{
    /// <summary>
    /// What every copy is made with. In place: a file that was cut off stays under its name, and the next try goes on with it, however often. A partial-dir
    /// would be lost: rrsync since 3.5 turns it into a path of its own process, and what was kept there is gone with it.
    /// </summary>
    public static IReadOnlyList<string> Copying { get; } = ["--recursive", "--times", "--perms", "--inplace"];

    /// <summary>Runs it.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="AgentException">It did not end well.</exception>
    public static async Task<string> RunAsync(RsyncTarget target, IReadOnlyList<string> arguments, PeersOptions settings, CancellationToken cancellationToken, bool isReadingThere = false)
    {
        var ssh = new ToolCommand("ssh", SshOptions.For(target.SshPort, target.Key, target.KnownHosts, settings.Timeout)).ToString();
        // while the other side reads whole files nothing passes; then ssh's own look at the line (ServerAliveInterval) has to do
        List<string> all = [isReadingThere ? "--timeout=0" : "--timeout=60", "--rsh", ssh];
        if (target.KilobytesPerSecond > 0)
            all.Add(string.Create(CultureInfo.InvariantCulture, $"--bwlimit={target.KilobytesPerSecond}"));

        // a finished set does not change: 24 ("some files vanished") is an error here, as every other code but 0
        var result = await ToolRunner.RunAsync(new ToolCommand("rsync", [.. all, .. arguments]) { Timeout = settings.CopyTimeout }, cancellationToken);
        return result.ExitCode == 0 ? result.Output : throw new AgentException(
            $"The copy to {target.Name} failed: rsync ended with exit code {result.ExitCode}: {result.ErrorTail.Trim().ReplaceLineEndings(" / ")}", Hint(result.ExitCode, target));
    }

    /// <summary>Tries the way there without copying anything.</summary>
    /// <exception cref="AgentException">It is not open.</exception>
    public static async Task TryAsync(RsyncTarget target, string folder, PeersOptions settings, CancellationToken cancellationToken)
    {
        var nothing = Directory.CreateTempSubdirectory("sispi-agent-").FullName;
        try
        {
            await RunAsync(target, [.. Copying, "--dry-run", "--", $"{nothing}/", target.Path(folder)], settings, cancellationToken);
        }
        finally
        {
            Directory.Delete(nothing);
        }
    }

    /// <summary>What an exit code means for the operator (rsync(1), EXIT VALUES).</summary>
    private static string Hint(int exitCode, RsyncTarget target) => exitCode switch
    {
        11 => $"Is there room in {target.Directory} on {target.Name}, and may {target.User} write there?",
        12 or 255 => target.WayHint,
        _ => "Try again: sispi-agent backup copy",
    };
}
