using System.Diagnostics;

namespace SispiAgent.Processes;

/// <summary>
/// Ends what a run has started when the agent itself is killed, which no handler of its own could do: a shell that waits for the end of a pipe. The pipe ends when
/// the agent does; if it was not told before that all is well, it kills every process with the run's mark, and the server of a scratch folder, and removes that folder.
/// </summary>
internal sealed class Lifeline : IDisposable
{
    /// <summary>The environment variable that marks a run's processes.</summary>
    public const string Mark = "SISPI_RUN";

    private const string Script = """
        trap '' INT TERM HUP
        last=; while read -r line; do last=$line; done
        [ "$last" = done ] && exit 0
        for file in $(grep -lsz "^SISPI_RUN=$0$" /proc/[0-9]*/environ); do pid=${file#/proc/}; kill -KILL "${pid%/environ}"; done
        for folder; do
          pid=$(head -n 1 "$folder/data/postmaster.pid") && kill -QUIT "$pid" && while kill -0 "$pid"; do sleep 0.1; done
          rm -rf -- "$folder"
        done
        """;

    private readonly Process? _guard;

    private Lifeline(string run, Process? guard) => (Run, _guard) = (run, guard);

    /// <summary>The value of <see cref="Mark"/> that the run's processes get.</summary>
    public string Run { get; }

    /// <summary>Begins to watch. Where there is no <c>/bin/sh</c> (Windows) nothing does: what is left there is cleaned up at the next start.</summary>
    /// <param name="scratchFolders">Folders of scratch servers that go with the agent.</param>
    public static Lifeline Start(params IReadOnlyList<string> scratchFolders)
    {
        var run = Guid.NewGuid().ToString("N");
        if (!File.Exists("/bin/sh"))
            return new(run, null);
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        foreach (var argument in (string[])["-c", Script, run, .. scratchFolders])
            start.ArgumentList.Add(argument);
        return new(run, Process.Start(start) ?? throw new AgentException("/bin/sh could not be started.", "Is it there?"));
    }

    /// <summary>All has ended as it should: nobody is killed.</summary>
    public void Dispose()
    {
        if (_guard is null)
            return;
        try
        {
            _guard.StandardInput.WriteLine("done");
            _guard.StandardInput.Close();
            _guard.WaitForExit();
        }
        catch (IOException)
        {
            // somebody has killed the shell: there is nobody to be told
        }

        _guard.Dispose();
    }
}
