using Microsoft.Extensions.Logging.Abstractions;
using SispiAgent.Alerts;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Demo;
using SispiAgent.Findings;
using SispiAgent.Hosting;
using SispiAgent.History;
using SispiAgent.Mail;
using SispiAgent.Platform;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Mail;

/// <summary>From a sweep to a mail in the sink, over restarts.</summary>
internal sealed class OutboxSenderTests
{
    private readonly TempFolder _folder = new();
    private readonly int _port = Ports.Next();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task The_all_clear_is_threaded_under_the_first_mail()
    {
        await using var sink = Open();
        var down = Finding("PostgreSQL refuses connections");
        using (var agent = new Agent(this))
        {
            agent.Desk.Report(Sweep(down));
            await Eventually.TrueAsync(() => sink.ReadMails().Count == 1, "first mail");
            agent.Desk.Report(Sweep());
            await Eventually.TrueAsync(() => sink.ReadMails().Count == 2, "all-clear");
        }

        var (first, clear) = (sink.ReadMails()[0], sink.ReadMails()[1]);
        Assert.That(first.Subject, Is.EqualTo("[SISPI] CRITICAL server2: PostgreSQL refuses connections"));
        Assert.That(clear.Subject, Does.StartWith("[SISPI] OK server2: PostgreSQL refuses connections (over after "));
        Assert.That((clear.InReplyTo, clear.References.Single()), Is.EqualTo((first.MessageId, first.MessageId)));
        Assert.That(first.TextBody, Does.Contain("tried: server2:5442").And.Contain("What to do:").And.Contain("The present state of everything").And.Contain("docs/findings/liveness.server.md"));
    }

    [Test]
    public async Task What_was_posted_while_the_server_was_down_and_the_agent_gone_arrives_once()
    {
        using (var before = new Agent(this, start: false))
        {
            before.Desk.Report(Sweep(Finding("one")));
            before.Outbox.Post(new Letter("Backup done", [new Block.Paragraph("all of it")]));
        }

        using (var again = new Agent(this))
            await Eventually.TrueAsync(() => again.Outbox.ReadMails() is { Count: 2 } mails && mails.All(mail => mail.Problem is not null), "failed tries");

        await using var sink = Open();
        using var back = new Agent(this);
        back.Outbox.RetryAll();
        await Eventually.TrueAsync(() => back.Outbox.ReadMails().Count == 0, "empty outbox");
        Assert.That(sink.ReadMails().Select(mail => mail.Subject), Is.EquivalentTo(new[] { "[SISPI] CRITICAL server2: one", "[SISPI] Backup done" }));
    }

    [Test]
    public async Task A_crash_between_acceptance_and_forgetting_sends_the_same_Message_Id_again()
    {
        await using var sink = Open();
        using var agent = new Agent(this, start: false);
        agent.Desk.Report(Sweep(Finding("one")));
        agent.Outbox.Bind(agent.Outbox.ReadUnbound());
        var waiting = agent.Outbox.ReadMails().Single();

        for (var i = 0; i < 2; i++) // the crash: taken, and never marked as sent
            await agent.Transport.SendAsync(agent.Writer.Write(waiting, agent.Mail).Message);

        Assert.That(sink.ReadMails().Select(mail => mail.MessageId).Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_mail_refused_for_good_is_kept_aside_and_tried_again_when_the_configuration_changes()
    {
        await using var sink = Open();
        sink.Manners = new() { DataReply = 554 };
        using var agent = new Agent(this);
        agent.Desk.Report(Sweep(Finding("one")));
        await Eventually.TrueAsync(() => agent.Outbox.ReadMails() is [{ IsSetAside: true, Problem: not null }], "mail set aside");

        sink.Manners = new();
        agent.Configuration.Replace(agent.Configuration.Current);

        await Eventually.TrueAsync(() => sink.ReadMails().Count == 1, "mail");
    }

    [Test]
    public async Task A_blind_probe_clears_nothing_and_is_said()
    {
        await using var sink = Open();
        using var agent = new Agent(this);
        agent.Desk.Report(Sweep(Finding("down")));
        await Eventually.TrueAsync(() => sink.ReadMails().Count == 1, "first mail");

        agent.Desk.Report(Sweep() with { BlindBecause = "no rights" });
        agent.Desk.Report(Sweep() with { BlindBecause = "no rights" });

        Assert.That(agent.Book.ReadTold().Select(alert => alert.Finding.Code.Value), Is.EquivalentTo(new[] { "liveness.server", "agent.probe-blind" }));
        agent.Desk.Report(Sweep(Finding("down")));
        Assert.That(agent.Book.ReadTold().Select(alert => alert.Finding.Code.Value), Is.EqualTo(new[] { "liveness.server" }));
    }

    [Test]
    public void A_suspended_look_confirms_nothing_and_clears_nothing()
    {
        using var agent = new Agent(this, start: false);
        var seen = Sweep(Finding("gets no WAL")) with { IsCertain = false };
        Assert.That(agent.Desk.Report(seen), Is.True);

        Assert.That(agent.Desk.Report(Sweep() with { IsSuspended = true }), Is.False);

        Assert.That(agent.Book.ReadTold(), Is.Empty);
        agent.Desk.Report(seen);
        Assert.That(agent.Book.ReadTold(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task The_alerts_of_a_node_that_is_no_longer_configured_end()
    {
        await using var sink = Open();
        using var agent = new Agent(this);
        agent.Desk.Report(Sweep(Finding("down")));
        await Eventually.TrueAsync(() => sink.ReadMails().Count == 1, "first mail");

        agent.Desk.EndUnwatched(subject => subject != "server2");

        await Eventually.TrueAsync(() => sink.ReadMails().Count == 2, "second mail");
        Assert.That(sink.ReadMails()[1].Subject, Is.EqualTo("[SISPI] OK server2: down (no longer watched)"));
    }

    [Test]
    public async Task After_hours_without_a_mail_server_there_are_few_mails_and_they_tell_how_it_stands_now()
    {
        using var agent = new Agent(this);
        var begin = TimeProvider.System.GetUtcNow().AddHours(-9);
        agent.Desk.Report(Sweep(Finding("down")) with { At = begin });
        await Eventually.TrueAsync(() => agent.Outbox.ReadMails() is [{ Problem: not null }], "failed try");
        for (var hour = 1; hour < 8; hour++)
            agent.Desk.Report(Sweep(Finding("down")) with { At = begin.AddHours(hour), Schedule = ScheduleKeys.Liveness });
        agent.Desk.Report(Sweep() with { At = begin.AddHours(8) });
        agent.Desk.Report(new Sweep("room", "", begin.AddHours(8), [new Finding(new("room.low"), "server2/raid", Severity.Warning, "room is low")]) { IsCertain = true });

        await using var sink = Open();
        await Eventually.TrueAsync(() => sink.ReadMails().Count == 2, "mails");
        await Eventually.TrueAsync(() => agent.Outbox.ReadMails().Count == 0 && agent.Outbox.ReadUnbound().Count == 0, "empty outbox");

        var (first, second) = (sink.ReadMails()[0], sink.ReadMails()[1]);
        Assert.That((first.Subject, second.Subject), Is.EqualTo(("[SISPI] CRITICAL server2: down", "[SISPI] WARNING server2/raid: room is low (and 1 more)")));
        Assert.That(second.TextBody, Does.Contain("it lasted 8 h 0 min"));
        Assert.That(second.References, Does.Contain(first.MessageId));
    }

    [Test]
    public async Task A_critical_is_not_kept_waiting_behind_a_mail_whose_next_try_is_far_off()
    {
        using var agent = new Agent(this);
        agent.Desk.Report(Sweep(Finding("one")));
        await Eventually.TrueAsync(() => agent.Outbox.ReadMails() is [{ Problem: not null }], "failed try");
        agent.Outbox.NotSent(agent.Outbox.ReadMails().Single(), "nobody there", TimeProvider.System.GetUtcNow().AddHours(1), setAside: false);

        await using var sink = Open();
        agent.Desk.Report(Sweep(Finding("one"), Finding("two", "server3")));

        await Eventually.TrueAsync(() => sink.ReadMails().Count == 2, "mails");
        Assert.That(sink.ReadMails().Select(mail => mail.Subject), Is.EqualTo(new[] { "[SISPI] CRITICAL server2: one", "[SISPI] CRITICAL server3: two" }));
    }

    [Test]
    public async Task A_recipient_that_the_server_asks_patience_for_gets_the_mail_later_and_the_others_once()
    {
        await using var sink = Open();
        sink.Manners = new() { RecipientReplies = new Dictionary<string, int> { ["grey@example.org"] = 451, ["gone@example.org"] = 550 } };
        using var agent = new Agent(this, start: false);
        agent.Mail.Recipients.AddRange(["grey@example.org", "gone@example.org"]);
        agent.Start();
        agent.Desk.Report(Sweep(Finding("one")));
        await Eventually.TrueAsync(() => agent.Outbox.ReadMails() is [{ Recipients: ["grey@example.org"] }], "mail that waits for one recipient");

        sink.Manners = new();
        agent.Outbox.RetryAll();
        await Eventually.TrueAsync(() => agent.Outbox.ReadMails().Count == 0, "empty outbox");

        Assert.That(sink.ReadMails().Select(mail => mail.Headers[MailSink.EnvelopeHeader]), Is.EqualTo(new[] { "postgres-status", "grey@example.org" }));
        Assert.That(sink.ReadMails().Select(mail => mail.MessageId).Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task What_was_refused_for_good_is_tried_again_at_the_next_start()
    {
        await using var sink = Open();
        sink.Manners = new() { DataReply = 554 };
        using (var before = new Agent(this))
        {
            before.Desk.Report(Sweep(Finding("one")));
            await Eventually.TrueAsync(() => before.Outbox.ReadMails() is [{ IsSetAside: true }], "mail set aside");
        }

        sink.Manners = new();
        using var again = new Agent(this);
        await Eventually.TrueAsync(() => sink.ReadMails().Count == 1, "mail");
    }

    [Test]
    public async Task One_finding_twice_in_a_sweep_is_one_alert_and_one_mail()
    {
        await using var sink = Open();
        using var agent = new Agent(this);
        for (var look = 0; look < 3; look++)
            agent.Desk.Report(Sweep(Finding("down"), Finding("down")) with { IsCertain = false });

        await Eventually.TrueAsync(() => sink.ReadMails().Count > 0, "mail");
        Assert.That(agent.Book.ReadTold(), Has.Count.EqualTo(1));
        await Eventually.TrueAsync(() => agent.Outbox.ReadUnbound().Count + agent.Outbox.ReadMails().Count == 0, "empty outbox"); // the agent forgets a mail after the server has taken it
        Assert.That(sink.ReadMails(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Names_from_the_database_make_no_header_and_unicode_survives()
    {
        await using var sink = Open();
        using var agent = new Agent(this);
        agent.Desk.Report(Sweep(Finding("base «año»\r\nBcc: everybody@example.org\r\n\r\n<script>x</script>", "server2/\u202Edb\n.")));

        await Eventually.TrueAsync(() => sink.ReadMails().Count == 1, "mail");
        var mail = sink.ReadMails().Single();
        Assert.That(mail.Subject, Is.EqualTo("[SISPI] CRITICAL server2/ db .: base «año» Bcc: everybody@example.org <script>x</script>"));
        Assert.That(mail.Bcc, Is.Empty);
        Assert.That(mail.HtmlBody, Does.Not.Contain("<script>"));
        Assert.That(mail.TextBody, Does.Not.Match("(?m)^Bcc:"));
        Assert.That(await File.ReadAllTextAsync(Directory.GetFiles(sink.Folder).Single()), Does.Match("(?m)^Subject: [\\x20-\\x7e]+\r?$"), "RFC 2047: ASCII only on the wire");
    }

    private static Finding Finding(string summary, string subject) => Finding(summary) with { Subject = subject };

    private static Finding Finding(string summary) => new(new("liveness.server"), "server2", Severity.Critical, summary) { Evidence = ["tried: server2:5442"], Effect = "nothing works", Remedy = ["start it"] };

    private static Sweep Sweep(params Finding[] findings) => new("liveness.server", "", TimeProvider.System.GetUtcNow(), findings) { IsCertain = true };

    private MailSink Open()
    {
        var sink = new MailSink(_folder["mails"], _port);
        sink.Open();
        return sink;
    }

    /// <summary>The part of the agent that mails, on the same state as the one before.</summary>
    private sealed class Agent : IDisposable
    {
        private readonly OutboxSender _sender;

        public Agent(OutboxSenderTests test, bool start = true)
        {
            Mail = new MailOptions { Host = "127.0.0.1", Port = test._port, Deadline = TimeSpan.FromSeconds(5) };
            var alerts = new AlertsOptions { GroupWithin = TimeSpan.Zero };
            var cluster = new ClusterOptions { TimeZone = "America/Santiago", Nodes = { ["server2"] = new() { Kind = NodeKind.Database } } };
            Configuration = Live.Configuration(Mail, alerts, cluster, new AgentOptions { Node = "server2" });
            var database = new AgentDatabase(test._folder["agent.db"], AgentSchema.Migrations);
            var site = new CurrentSite(Configuration);
            Outbox = new Outbox(database, TimeProvider.System);
            Book = new AlertBook(database);
            Desk = new AlertDesk(database, Outbox, site, new LiveOptions<AlertsOptions>(Configuration), TimeProvider.System);
            Writer = new MailWriter(new MailComposer(site, new StatusBoard(database), Book, new SispiAgent.Conformance.DriftBook(database), TimeProvider.System), Outbox, site);
            Transport = new SmtpTransport(new(Configuration));
            _sender = new OutboxSender(Outbox, Writer, Transport, Configuration, new(Configuration), new(Configuration), TimeProvider.System, NullLogger<OutboxSender>.Instance);
            if (start)
                Start();
        }

        public void Start() => _sender.StartAsync(default).GetAwaiter().GetResult();

        public MailOptions Mail { get; }

        public LiveConfiguration Configuration { get; }

        public Outbox Outbox { get; }

        public AlertBook Book { get; }

        public AlertDesk Desk { get; }

        public MailWriter Writer { get; }

        public SmtpTransport Transport { get; }

        public void Dispose()
        {
            _sender.StopAsync(default).GetAwaiter().GetResult();
            _sender.Dispose();
        }
    }
}
