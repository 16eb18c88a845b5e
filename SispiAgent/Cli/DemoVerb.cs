using System.CommandLine;
using SispiAgent.Demo;
using SispiAgent.Platform;

namespace SispiAgent.Cli;

/// <summary><c>demo</c>: the agent's story on throwaway servers.</summary>
internal static class DemoVerb
{
    /// <summary>Whom root becomes.</summary>
    private const string Owner = "postgres";

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var keep = new Option<bool>("--keep") { Description = "Leave everything running afterwards, and say how to look around." };
        var stop = new Option<string?>("--stop") { Description = "End a demo that was left running, and remove its folder.", HelpName = "FOLDER" };
        var verb = new Command("demo", "Shows on throwaway servers what the agent does; leaves nothing behind.") { keep, stop, MailSink() };
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            // the library knows of what it has to wait for at Ctrl+C only once this has returned to it for the first time
            await Task.Yield();
            if (UserSwitch.IsRoot)
                UserSwitch.RunAgainAs(UserAccount.Find(Owner) ?? throw new AgentException($"PostgreSQL refuses to run as root, and there is no user {Owner} to become.", "Install PostgreSQL (Debian: apt-get install postgresql), or run the demo as an ordinary user."));
            if (parsed.GetValue(stop) is not { } folder)
                return await DemoRun.RunAsync(parsed.GetValue(keep), cancellationToken);
            await DemoEnd.EndAsync(new DemoFolder(Path.GetFullPath(folder)));
            return ExitCode.Done;
        });
        return verb;
    }

    /// <summary>What a demo that is left running takes its mail with; not for people.</summary>
    private static Command MailSink()
    {
        var folder = new Argument<string>("folder");
        var port = new Argument<int>("port");
        var verb = new Command("mail-sink", "Keeps mail as files.") { folder, port };
        verb.Hidden = true;
        verb.SetAction((parsed, cancellationToken) => MailSinkProcess.RunAsync(parsed.GetRequiredValue(folder), parsed.GetRequiredValue(port), cancellationToken));
        return verb;
    }
}
