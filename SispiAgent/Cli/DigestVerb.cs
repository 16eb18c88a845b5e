using System.CommandLine;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Digest;
using SispiAgent.Mail;
using SispiAgent.Scheduling;

namespace SispiAgent.Cli;

/// <summary><c>digest</c>: the weekly digest, now.</summary>
internal static class DigestVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var send = new Option<bool>("--send") { Description = "Mails it too: the running agent takes it from the outbox." };
        var html = new Option<bool>("--html") { Description = "Prints the HTML form." };
        var verb = new Command("digest", "The weekly digest as it would be now, from this host.") { send, html };
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            using var host = VerbHost.Open(parsed);
            var site = host.Get<CurrentSite>().Value;
            var nextDue = DigestJob.NextDue(host.Get<LiveOptions<SchedulesOptions>>().Current, site, host.Get<TimeProvider>().GetUtcNow());
            var facts = await host.Get<DigestReader>().ReadAsync(nextDue, inAnyCase: true, cancellationToken);
            var letter = DigestLetter.Write(facts!, site.TimeZone);
            if (parsed.GetValue(html))
                Console.Write(HtmlBody.Render(letter.Subject, letter.Blocks));
            else
                Console.Write($"{SubjectLine.Of(letter)}\n\n{TextBody.Render(letter.Blocks)}");
            if (parsed.GetValue(send))
            {
                host.Get<WeeklyDigest>().Post(facts!);
                await Console.Error.WriteLineAsync("It is in the outbox; the running agent mails it (sispi-agent status shows what waits).");
            }

            return ExitCode.Done;
        });
        return verb;
    }
}
