namespace SispiAgent.Demo;

/// <summary>Tells the story: does each step, waits for its mails, shows both, and keeps account of what was missing or too much.</summary>
/// <param name="mailFolder">Where the mails arrive.</param>
/// <param name="screen">Where it is told.</param>
/// <param name="time">The clock.</param>
internal sealed class DemoTeller(string mailFolder, DemoScreen screen, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a step's mails may take to come: far longer than they do.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long is waited, at the end, for mails that nobody expects: several rounds of every probe.</summary>
    public TimeSpan Settling { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Tells it.</summary>
    /// <returns>What is wrong; empty if all was as told.</returns>
    public async Task<IReadOnlyList<string>> TellAsync(IReadOnlyList<DemoStep> steps, CancellationToken cancellationToken)
    {
        var ledger = new MailLedger();
        foreach (var step in steps)
        {
            screen.Step(step.Title, step.What);
            screen.Lines(await step.ActAsync(cancellationToken));
            foreach (var expected in step.Mails)
            {
                if (await AwaitAsync(expected, ledger, cancellationToken) is { } mail)
                    screen.Mail(mail);
                else
                    ledger.Missed(expected);
            }

            if (ledger.Problems.Count > 0)
                break; // what follows would only repeat it
        }

        await Task.Delay(Settling, time, cancellationToken);
        ledger.Close(DemoMail.ReadAll(mailFolder));
        return ledger.Problems;
    }

    private async Task<DemoMail?> AwaitAsync(ExpectedMail expected, MailLedger ledger, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        while (true)
        {
            if (ledger.Take(expected, DemoMail.ReadAll(mailFolder)) is { } mail)
                return mail;
            if (time.GetElapsedTime(begin) > Patience)
                return null;
            await Task.Delay(Look, time, cancellationToken);
        }
    }
}
