using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using SispiAgent.Demo;
using SispiAgent.Findings;
using SispiAgent.Mail;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Mail;

/// <summary>Real conversations with a real SMTP server on loopback.</summary>
internal sealed class SmtpTransportTests
{
    private readonly TempFolder _folder = new();
    private readonly TestAuthority _authority = new();
    private readonly int _port = Ports.Next();

    [TearDown]
    public void RemoveFolder()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Test]
    public async Task A_bare_alias_is_taken_as_a_local_mail_server_takes_it()
    {
        await using var sink = Sink();

        await SendAsync(new MailOptions());

        var mail = sink.ReadMails().Single();
        Assert.That(mail.To.Mailboxes.Single().Address, Is.EqualTo("postgres-status"));
        Assert.That(mail.Headers["Auto-Submitted"], Is.EqualTo("auto-generated"));
        Assert.That(mail.TextBody!.Trim(), Is.EqualTo("ñandú & <b>"));
        Assert.That(mail.HtmlBody, Does.Contain("&lt;b&gt;").And.Not.Contain("<b>").And.Not.Contain("http"));
        Assert.That(mail.Subject, Is.EqualTo("[SISPI] ñandú"));
    }

    [Test]
    public async Task One_refused_recipient_stops_nobody_else()
    {
        await using var sink = Sink(manners: new() { RecipientReplies = new Dictionary<string, int> { ["gone@example.org"] = 550, ["busy@example.org"] = 451 } });

        var outcome = await SendAsync(With(["gone@example.org", "postgres-status", "busy@example.org"]));

        Assert.That(sink.ReadMails(), Has.Count.EqualTo(1));
        Assert.That(outcome.Refused.Select(refused => (refused.Address, refused.Code, refused.IsPermanent)), Is.EquivalentTo(new[] { ("gone@example.org", 550, true), ("busy@example.org", 451, false) }));
    }

    [TestCase(550, true)]
    [TestCase(451, false)]
    public async Task When_everybody_is_refused_it_is_not_sent(int reply, bool isPermanent)
    {
        await using var sink = Sink(manners: new() { RecipientReplies = new Dictionary<string, int> { ["postgres-status"] = reply } });

        Assert.That(await FailureAsync(new MailOptions()), Is.InstanceOf<AllRecipientsRefusedException>().And.Matches<Exception>(e => SmtpFailure.IsPermanent(e!) == isPermanent));
    }

    [TestCase(554, true)]
    [TestCase(452, false)]
    public async Task Refused_data_is_permanent_or_not_as_the_server_says(int reply, bool isPermanent)
    {
        await using var sink = Sink(manners: new() { DataReply = reply });

        Assert.That(await FailureAsync(new MailOptions()), Is.InstanceOf<SmtpCommandException>().And.Matches<Exception>(e => SmtpFailure.IsPermanent(e!) == isPermanent));
    }

    [TestCase(MailSecurity.StartTls)]
    [TestCase(MailSecurity.Tls)]
    public async Task TLS_with_the_sites_own_authority_works(MailSecurity security)
    {
        await using var sink = Sink(certificate: "localhost", isTls: security is MailSecurity.Tls);

        await SendAsync(new MailOptions { Security = security, CaFile = Authority() });

        Assert.That(sink.ReadMails(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Another_hosts_certificate_is_refused_for_good()
    {
        await using var sink = Sink(certificate: "elsewhere.example");

        Assert.That(await FailureAsync(new MailOptions { Security = MailSecurity.StartTls, CaFile = Authority() }), Is.InstanceOf<SslHandshakeException>().And.Matches<Exception>(e => SmtpFailure.IsPermanent(e!)));
    }

    [Test]
    public async Task An_unknown_authority_is_refused_for_good()
    {
        await using var sink = Sink(certificate: "localhost");

        Assert.That(await FailureAsync(new MailOptions { Security = MailSecurity.StartTls }), Is.InstanceOf<SslHandshakeException>().And.Matches<Exception>(e => SmtpFailure.IsPermanent(e!)));
    }

    [Test]
    public async Task A_server_without_STARTTLS_gets_nothing_in_clear()
    {
        await using var sink = Sink();

        Assert.That(await FailureAsync(new MailOptions { Security = MailSecurity.StartTls }), Is.InstanceOf<NotSupportedException>().And.Matches<Exception>(e => SmtpFailure.IsPermanent(e!)));
        Assert.That(sink.ReadMails(), Is.Empty);
    }

    [TestCase("right", true)]
    [TestCase("wrong", false)]
    public async Task The_password_comes_from_its_file(string password, bool isTaken)
    {
        await using var sink = Sink(manners: new() { Login = ("agent", "right") });
        await File.WriteAllTextAsync(_folder["password"], password + "\n");
        File.SetUnixFileMode(_folder["password"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var options = new MailOptions { User = "agent", PasswordFile = _folder["password"] };

        if (isTaken)
            await SendAsync(options);
        else
            Assert.That(await FailureAsync(options), Is.InstanceOf<AuthenticationException>().And.Matches<Exception>(e => SmtpFailure.IsPermanent(e!)));
        Assert.That(sink.ReadMails(), Has.Count.EqualTo(isTaken ? 1 : 0));
    }

    [Test]
    public async Task A_password_file_that_others_can_read_is_refused()
    {
        await using var sink = Sink();
        await File.WriteAllTextAsync(_folder["password"], "right");
        File.SetUnixFileMode(_folder["password"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        Assert.That(await FailureAsync(new MailOptions { User = "agent", PasswordFile = _folder["password"] }), Is.InstanceOf<AgentException>().With.Message.Contains("can be read by others"));
    }

    [Test]
    public async Task A_server_that_says_nothing_costs_the_deadline_and_no_more()
    {
        await using var sink = Sink(manners: new() { IsSilent = true });

        Assert.That(await FailureAsync(new MailOptions { Deadline = TimeSpan.FromSeconds(5) }), Is.InstanceOf<TimeoutException>().And.Matches<Exception>(e => !SmtpFailure.IsPermanent(e!)));
    }

    [Test]
    public async Task A_server_that_is_down_is_worth_another_try() =>
        Assert.That(await FailureAsync(new MailOptions()), Is.InstanceOf<System.Net.Sockets.SocketException>().And.Matches<Exception>(e => !SmtpFailure.IsPermanent(e!)));

    [Test]
    public async Task A_large_mail_with_lines_that_begin_with_a_dot_arrives_whole()
    {
        await using var sink = Sink();
        var text = string.Join('\n', Enumerable.Range(0, 40_000).Select(i => i % 3 == 0 ? $". {i}" : $"line {i}"));

        await SendAsync(new MailOptions(), new Block.Commands(text.Split('\n')));

        Assert.That(sink.ReadMails().Single().TextBody!.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0), Is.EqualTo(text.Split('\n')));
    }

    private static MailOptions With(string[] recipients)
    {
        var options = new MailOptions();
        options.Recipients.Clear();
        options.Recipients.AddRange(recipients);
        return options;
    }

    private MailSink Sink(SinkManners? manners = null, string? certificate = null, bool isTls = false)
    {
        var sink = new MailSink(_folder["mails"], _port) { Manners = manners ?? new(), Certificate = certificate is null ? null : _authority.Issue(certificate), IsTlsFromTheFirstByte = isTls };
        sink.Open();
        return sink;
    }

    private string Authority()
    {
        File.WriteAllText(_folder["ca.pem"], _authority.Pem);
        return _folder["ca.pem"];
    }

    private async Task<SmtpOutcome> SendAsync(MailOptions options, Block? block = null)
    {
        options.Host = "localhost";
        options.Port = _port;
        var content = new MailContent("[SISPI] ñandú", [block ?? new Block.Paragraph("ñandú & <b>")], []);
        MimeMessage message = MailWriter.Write(content.Subject, content, options, TimeProvider.System.GetUtcNow());
        return await new SmtpTransport(Live.Options(options)).SendAsync(message);
    }

    private async Task<Exception> FailureAsync(MailOptions options)
    {
        try
        {
            await SendAsync(options);
        }
        catch (Exception e)
        {
            return e;
        }

        throw new AssertionException("It was taken.");
    }
}
