using System.Globalization;
using System.Text.RegularExpressions;
using SispiAgent.Postgres;
using SispiAgent.Processes;

namespace SispiAgent.Tests.Support;

/// <summary>Does what a mail's remedy says, to the letter, as an operator would who knows nothing else.</summary>
internal static partial class FollowedRemedy
{
    /// <returns>Whether one of the steps was done.</returns>
    public static async Task<bool> FollowAsync(IEnumerable<string> remedy, ScratchServer server)
    {
        var done = false;
        foreach (var step in remedy)
            done |= await FollowAsync(step, server);
        return done;
    }

    private static async Task<bool> FollowAsync(string step, ScratchServer server)
    {
        if (Replace().Match(step) is { Success: true } replace)
            Edit(replace, (lines, at) => lines[at] = replace.Groups["text"].Value);
        else if (Above().Match(step) is { Success: true } above)
            Edit(above, (lines, at) => lines.Insert(at, above.Groups["text"].Value));
        else if (TakeOut().Match(step) is { Success: true } takeOut)
            Edit(takeOut, (lines, at) => lines.RemoveAt(at));
        else if (Put().Match(step) is { Success: true } put)
            Edit(put, (lines, at) => lines[at] = Regex.Replace(lines[at], $@"\b{put.Groups["old"].Value}\b(?!.*\b{put.Groups["old"].Value}\b)", put.Groups["new"].Value));
        else if (End().Match(step) is { Success: true } end)
            await File.AppendAllTextAsync(end.Groups["file"].Value, end.Groups["text"].Value + "\n");
        else if (Reset().Match(step) is { Success: true } reset)
            await server.ExecuteAsync($"ALTER SYSTEM RESET {reset.Groups["name"].Value}");
        else if (Owned().Match(step) is { Success: true } owned)
            await server.ExecuteAsync(owned.Groups["sql"].Value);
        else if (PassLine().Match(step) is { Success: true } pass)
            await File.AppendAllTextAsync(pass.Groups["file"].Value, pass.Groups["line"].Value + "\n");
        else if (Shell().Match(step) is { Success: true } shell)
            await ToolRunner.RunToSuccessAsync(new ToolCommand("bash", ["-e", "-c", shell.Groups["command"].Value]), default);
        else if (Control().Match(step) is { Success: true } control)
            await ControlAsync(control.Groups["command"].Value, server);
        else
            return false;
        return true;
    }

    private static void Edit(Match match, Action<List<string>, int> change)
    {
        var file = match.Groups["file"].Value;
        List<string> lines = [.. File.ReadAllLines(file)];
        change(lines, int.Parse(match.Groups["line"].Value, CultureInfo.InvariantCulture) - 1);
        File.WriteAllLines(file, lines);
    }

    private static async Task ControlAsync(string command, ScratchServer server)
    {
        // what it prints, the server's first lines among it, is on the operator's terminal otherwise
        await ToolRunner.RunToSuccessAsync(new ToolCommand("bash", ["-e", "-c", $"pg_ctl {command} >>{ToolCommand.Quote(server.LogFile)} 2>&1"])
        {
            DiscardsOutput = true,
            Timeout = TimeSpan.FromMinutes(5),
            Environment = new Dictionary<string, string?>
            {
                ["PATH"] = $"{server.Installation.BinDirectory}:{Environment.GetEnvironmentVariable("PATH")}", ["PGHOST"] = server.SocketDirectory, ["PGPORT"] = server.Port.ToString(CultureInfo.InvariantCulture),
            },
        }, default);
    }

    [GeneratedRegex("in (?<file>/[^,]+), in place of line (?<line>[0-9]+): (?<text>.*)$")]
    private static partial Regex Replace();

    [GeneratedRegex("in (?<file>/[^,]+), above line (?<line>[0-9]+): (?<text>.*)$")]
    private static partial Regex Above();

    [GeneratedRegex("take out line (?<line>[0-9]+) of (?<file>/[^, ]+)|take line (?<line>[0-9]+) out of (?<file>/[^, ]+)")]
    private static partial Regex TakeOut();

    [GeneratedRegex("in line (?<line>[0-9]+) of (?<file>/[^,]+), put (?<new>[a-z0-9=-]+).* in place of (?<old>[a-z0-9=-]+)$")]
    private static partial Regex Put();

    [GeneratedRegex("at the end of (?<file>/[^:]+): (?<text>.*)$")]
    private static partial Regex End();

    [GeneratedRegex("a line in (?<file>/[^:]+): (?<line>.*)$")]
    private static partial Regex PassLine();

    [GeneratedRegex(": (?<command>(install -d|chmod|kill -CONT|mv|rm|touch) .*)$")]
    private static partial Regex Shell();

    [GeneratedRegex("ALTER SYSTEM RESET (?<name>[a-z_]+);")]
    private static partial Regex Reset();

    [GeneratedRegex(": (?<sql>ALTER (ROLE|DATABASE) .* RESET [a-z_]+;)$")]
    private static partial Regex Owned();

    [GeneratedRegex("pg_ctl (?<command>(reload|restart).*)$")]
    private static partial Regex Control();
}
