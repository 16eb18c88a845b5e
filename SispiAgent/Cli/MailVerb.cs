using System.CommandLine;
using SispiAgent.Alerts;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.Mail;

namespace SispiAgent.Cli;

/// <summary><c>mail test</c>: proves the way that alerts go.</summary>
internal static class MailVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var test = new Command("test", "Sends a mail now and says what the mail server answered.");
        test.SetAction(async (parsed, cancellationToken) =>
        {
            using var host = VerbHost.Open(parsed);
            var options = host.Get<LiveOptions<MailOptions>>().Current;
            var site = host.Get<CurrentSite>().Value;
            var now = host.Get<TimeProvider>().GetUtcNow();
            var subject = $"[SISPI] Test mail from {site.Self.Name}";
            var content = new MailContent(subject, [new Block.Paragraph($"This was sent by \"sispi-agent mail test\" on {site.Self.Name}, {Durations.SiteTime(now, site.TimeZone)}. If you read it, alerts reach you.")], []);

            Console.WriteLine($"From {options.From} to {string.Join(", ", options.Recipients)}");
            try
            {
                var outcome = await host.Get<SmtpTransport>().SendAsync(MailWriter.Write(subject, content, options, now), tell: Console.WriteLine, cancellationToken: cancellationToken);
                Console.WriteLine($"Taken: {outcome.Reply}");
                foreach (var refused in outcome.Refused)
                    Console.WriteLine($"Refused: {refused}");
                if (host.Get<Outbox>().RetryAll() is > 0 and var waiting)
                    Console.WriteLine($"The way is open: the agent tries {waiting} waiting mail(s) again now.");
                return outcome.Refused.Count == 0 ? ExitCode.Done : ExitCode.Incomplete;
            }
            catch (Exception e) when (e is not (OperationCanceledException or AgentException))
            {
                throw new AgentException($"Not taken: {e.Message}", SmtpFailure.IsPermanent(e) ? "Trying again will not help: correct section Mail." : "Is the mail server up, and the port right? Alerts wait in the outbox until it takes them.", e);
            }
        });
        return new Command("mail", "The way that alerts go.") { test };
    }
}
