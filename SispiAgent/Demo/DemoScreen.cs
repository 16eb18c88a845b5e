using System.Globalization;
using Spectre.Console;

namespace SispiAgent.Demo;

/// <summary>Shows the story: with frames and colours on a terminal, as plain lines elsewhere.</summary>
/// <param name="console">Where.</param>
internal sealed class DemoScreen(IAnsiConsole console)
{
    private const int MailLines = 12;
    private int _steps;

    private bool IsTerminal => console.Profile.Out.IsTerminal;

    /// <summary>One line.</summary>
    public void Line(string text) => Write(text, Style.Plain);

    /// <summary>A step begins.</summary>
    public void Step(string title, string what)
    {
        var heading = string.Create(CultureInfo.InvariantCulture, $"{++_steps}. {title}");
        if (IsTerminal)
        {
            console.WriteLine();
            console.Write(new Rule(Markup.Escape(heading)) { Justification = Justify.Left, Style = new Style(Color.Blue) });
        }
        else
        {
            Line("");
            Line(heading);
            Line(new string('=', heading.Length));
        }

        Line(what);
    }

    /// <summary>Lines that something printed.</summary>
    public void Lines(IReadOnlyList<string> lines)
    {
        foreach (var line in lines)
            Write("  | " + line, new Style(Color.Grey));
    }

    /// <summary>A mail that came: its head and the first lines of its body.</summary>
    public void Mail(DemoMail mail)
    {
        string[] body = [.. mail.Text.ReplaceLineEndings("\n").Split('\n').Where(line => line.Length > 0).Take(MailLines)];
        string[] head =
        [
            $"From: {mail.From} (agent on {mail.Node})", $"Subject: {mail.Subject}",
            mail.Answers is null ? "opens a thread" : $"in the thread of {mail.Answers}",
        ];
        if (IsTerminal)
        {
            var colour = mail.Subject.Contains("] CRITICAL", StringComparison.Ordinal) ? Color.Red : mail.Subject.Contains("] WARNING", StringComparison.Ordinal) ? Color.Yellow : Color.Green;
            console.Write(new Panel(new Text(string.Join('\n', [.. head, "", .. body, "…"])))
            {
                Header = new PanelHeader(string.Create(CultureInfo.InvariantCulture, $" mail {mail.Number}, {mail.TakenAt:HH:mm:ss} UTC ")),
                BorderStyle = new Style(colour),
                Expand = true,
            });
            return;
        }

        Line(string.Create(CultureInfo.InvariantCulture, $"  mail {mail.Number}, {mail.TakenAt:HH:mm:ss} UTC"));
        foreach (var line in (string[])[.. head, "", .. body, "…"])
            Line("    " + line);
    }

    /// <summary>What was wrong, or that nothing was.</summary>
    public void Verdict(IReadOnlyList<string> problems, int mails)
    {
        Line("");
        if (problems.Count == 0)
            Write(string.Create(CultureInfo.InvariantCulture, $"All {mails} mails came as told, and no other."), new Style(Color.Green));
        foreach (var problem in problems)
            Write(problem, new Style(Color.Red));
    }

    private void Write(string text, Style style)
    {
        // a console that is no terminal would be folded at 80 columns: what is piped somewhere keeps its lines
        if (IsTerminal)
            console.Write(new Text(text + Environment.NewLine, style));
        else
            console.Profile.Out.Writer.WriteLine(text);
    }
}
