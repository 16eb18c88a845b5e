using System.CommandLine;
using SispiAgent.Configuration;
using SispiAgent.Processes;

namespace SispiAgent.Cli;

/// <summary>The verbs of <c>sispi-agent</c>, one file each; no verb runs the agent.</summary>
internal static class CommandLine
{
    /// <summary><c>--config FILE</c>, for every verb.</summary>
    public static Option<string?> ConfigurationOption { get; } = new("--config", "-c") { Description = "The configuration file.", HelpName = "FILE", Recursive = true };

    /// <summary>How long a verb may take to end itself and its children after SIGTERM or Ctrl+C: longer than a child's grace.</summary>
    private static readonly TimeSpan VerbsGrace = TimeSpan.FromMinutes(2);

    /// <summary>128 and SIGINT's number, as shells count.</summary>
    private const int InterruptedCode = 130;

    /// <summary>128 and SIGTERM's number.</summary>
    private const int TerminatedCode = 143;

    /// <summary>The whole command line: every verb adds itself here.</summary>
    public static RootCommand Create()
    {
        var root = new RootCommand("The night-shift DBA of a replicated PostgreSQL. Without a verb it runs as the agent.") { ConfigurationOption };
        root.Add(DemoVerb.Create());
        root.Add(StatusVerb.Create());
        root.Add(ConfigurationVerb.Create());
        root.Add(DigestVerb.Create());
        root.Add(ScheduleVerb.Create());
        root.Add(MailVerb.Create());
        root.Add(PeerVerb.Create());
        root.Add(BackupVerb.Create());
        root.Add(RestoreVerb.Create());
        root.Add(ConformanceVerb.Create());
        root.Add(ReadinessVerb.Create());
        root.Add(DrillVerb.Create());
        root.SetAction((parsed, cancellationToken) => RunVerb.RunAsync(ConfigurationFile.Find(parsed.GetValue(ConfigurationOption)), cancellationToken));
        return root;
    }

    /// <summary>Runs what the arguments say.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> InvokeAsync(string[] args)
    {
        var parsed = Create().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                await Console.Error.WriteLineAsync(error.Message);
            await Console.Error.WriteLineAsync("Try sispi-agent --help.");
            return ExitCode.BadConfiguration;
        }

        try
        {
            // the default would cut off every graceful stop two seconds after SIGTERM. The hosted run takes the signal by itself; without this
            // a verb would not notice it and leave its children behind
            var code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = parsed.CommandResult.Command is RootCommand ? null : VerbsGrace, EnableDefaultExceptionHandler = false });

            // a verb that was stopped by a signal ends with its exception or, if the library is quicker to notice, with the shell's code for it
            return code is InterruptedCode or TerminatedCode ? await StoppedAsync() : code;
        }
        catch (ConfigurationException e)
        {
            await Console.Error.WriteLineAsync($"{e.File} is not valid:");
            foreach (var error in e.Errors)
                await Console.Error.WriteLineAsync($"  {error}");
            return ExitCode.BadConfiguration;
        }
        catch (AgentException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            await Console.Error.WriteLineAsync($"  {e.Hint}");
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            return await StoppedAsync();
        }
        catch (ToolFailedException e)
        {
            await Console.Error.WriteLineAsync($"{e.Message}{Environment.NewLine}  {e.Command}");
            return ExitCode.Failed;
        }
        catch (Exception e) // a failed verb: the runtime would abort and say the same less well
        {
            await Console.Error.WriteLineAsync($"This is a fault of the agent itself; please report it with what follows.{Environment.NewLine}{e}");
            return ExitCode.Failed;
        }
    }

    private static async Task<int> StoppedAsync()
    {
        await Console.Error.WriteLineAsync("Stopped.");
        return ExitCode.Failed;
    }
}
