using System.Text.RegularExpressions;
using MimeKit;
using SispiAgent.Alerts;
using SispiAgent.Demo;
using SispiAgent.Findings;
using SispiAgent.Tests.Hosting;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Mail;

/// <summary>The real program, killed (-9) again and again at moments that nobody chose: nothing is lost, nothing is told twice as two things.</summary>
internal sealed partial class KilledAgentTests
{
    private readonly RunningAgent _agent = new();
    private readonly Random _moments = new(20261126);

    [TearDown]
    public void Clean() => _agent.Dispose();

    [Test]
    public async Task Every_letter_arrives_and_twice_only_as_the_same_mail()
    {
        Requires.That(OperatingSystem.IsLinux(), "Linux");
        await File.WriteAllTextAsync(_agent.Configuration, Quiet());
        await using var sink = Sink();
        var outbox = new Outbox(_agent.Database, TimeProvider.System);
        List<string> posted = [];

        for (var round = 0; round < 7; round++)
        {
            var isUp = round % 3 != 2;
            if (isUp)
                sink.Open();
            for (var i = 0; i < 4; i++)
            {
                posted.Add($"letter {posted.Count}");
                outbox.Post(new Letter(posted[^1], [new Block.Paragraph("some words")]));
            }

            var before = sink.ReadMails().Count;
            _agent.Launch();
            await Eventually.TrueAsync(() => isUp ? sink.ReadMails().Count > before : outbox.ReadMails().Any(mail => mail.Problem is not null), "mail, or a try that failed");
            await Task.Delay(TimeSpan.FromMilliseconds(_moments.Next(0, 400)), TimeProvider.System);
            _agent.Kill();
            if (isUp)
                await sink.CloseAsync();
        }

        await EndAsync(sink, outbox);
        var arrived = sink.ReadMails().Select(mail => (mail.Subject, mail.MessageId)).ToArray();
        TestContext.Out.WriteLine($"{posted.Count} letters, {arrived.Length} arrivals");
        Assert.That(arrived.Select(mail => mail.Subject).Distinct(), Is.EquivalentTo(posted.Select(subject => $"[SISPI] {subject}")));
        Assert.That(arrived.Distinct().Count(), Is.EqualTo(posted.Count), "whatever came twice came with the same Message-Id");
    }

    [Test]
    public async Task Every_alert_that_is_told_is_told_to_be_over_once()
    {
        Requires.That(OperatingSystem.IsLinux(), "Linux");
        await using var sink = Sink();
        sink.Open();
        var outbox = new Outbox(_agent.Database, TimeProvider.System);
        var told = 0;

        for (var round = 0; round < 3; round++) // a fourth one within the hour would be called over only after a quiet while
        {
            await File.WriteAllTextAsync(_agent.Configuration, Quiet());
            await _agent.StartAsync();
            await Eventually.TrueAsync(() => _agent.InvalidEdit() is null, "end of the alert");
            await File.WriteAllTextAsync(_agent.Configuration, Quiet().Replace("\"Host\"", "\"Hots\"", StringComparison.Ordinal));
            await Eventually.TrueAsync(() => _agent.InvalidEdit() is not null, "alert");
            await Task.Delay(TimeSpan.FromMilliseconds(_moments.Next(0, 120)), TimeProvider.System);
            _agent.Kill();
            told++;
        }

        await File.WriteAllTextAsync(_agent.Configuration, Quiet());
        await EndAsync(sink, outbox);
        Assert.That(_agent.InvalidEdit(), Is.Null);
        MimeMessage[] mails = [.. sink.ReadMails().DistinctBy(mail => mail.MessageId)];
        string[] beginnings = [.. mails.Where(mail => mail.Subject!.Contains(" WARNING system1/appsettings.json", StringComparison.Ordinal)).Select(mail => mail.MessageId!)];
        MimeMessage[] ends = [.. mails.Where(mail => mail.Subject!.Contains(" OK system1/appsettings.json", StringComparison.Ordinal))];

        Assert.That(ends, Has.Length.EqualTo(told));
        Assert.That(ends.Where(end => end.InReplyTo is not null).Select(end => end.InReplyTo), Is.EquivalentTo(beginnings), "each beginning has its end in its thread");
        Assert.That(ends.Where(end => end.InReplyTo is null).All(end => Untold().IsMatch(end.TextBody!)), "an end without a beginning says what nobody was told");
    }

    /// <summary>Nothing is looked at: only what the test causes is mailed, at once.</summary>
    private string Quiet() => Schedule().Replace(_agent.Text, "\"$1\": \"0 0 1 1 *\"").Replace("\"GroupWithin\": \"00:01:00\"", "\"GroupWithin\": \"00:00:00\"", StringComparison.Ordinal);

    private MailSink Sink() => new(_agent["mails"], _agent.MailPort) { Manners = new() { Pause = TimeSpan.FromMilliseconds(100) } };

    private async Task EndAsync(MailSink sink, Outbox outbox)
    {
        if (!sink.IsOpen)
            sink.Open();
        await _agent.StartAsync();
        await Eventually.TrueAsync(() => outbox.ReadMails().Count == 0 && outbox.ReadUnbound().Count == 0 && _agent.InvalidEdit() is null, "empty outbox");
        Assert.That(await _agent.StopAsync(), Is.Zero, _agent.Output);
    }

    [GeneratedRegex("\"(Heartbeat|Liveness|Replication|Peers)\": \"[^\"]+\"", RegexOptions.CultureInvariant)]
    private static partial Regex Schedule();

    [GeneratedRegex(@"What was to be told before:[^.]*the edit is not valid", RegexOptions.CultureInvariant)]
    private static partial Regex Untold();
}
