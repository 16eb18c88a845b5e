using System.Globalization;
using SispiAgent.Processes;

namespace SispiAgent.Demo;

/// <summary>The mail sink of a demo that is left running: this program once more, as a process of its own.</summary>
internal static class MailSinkProcess
{
    /// <summary>Starts it.</summary>
    public static void Start(DemoFolder folder, int port)
    {
        string[] command = [.. AgentProgram.Command(), "demo", "mail-sink", folder.Mails, port.ToString(CultureInfo.InvariantCulture)];
        folder.Note(DetachedProcess.Start(command[0], command[1..], Path.Combine(folder.Root, "mail-sink.out"), folder.Root));
    }

    /// <summary>Takes mail until it is told to stop.</summary>
    public static async Task RunAsync(string folder, int port, CancellationToken cancellationToken)
    {
        await using var sink = new MailSink(folder, port);
        sink.Open();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
