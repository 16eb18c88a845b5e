using SispiAgent.Findings;
using SispiAgent.Mail;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Mail;

/// <summary>A real mail server with an alias as the site has it, from our connection to the mailbox.</summary>
[Category("Root")]
internal sealed class PostfixTests
{
    private PostfixServer? _server;

    [TearDown]
    public async Task StopAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [Test]
    public async Task A_bare_alias_is_delivered_and_an_unknown_one_stops_nobody()
    {
        _server = await PostfixServer.StartAsync();
        var options = new MailOptions { Host = "127.0.0.1", Port = _server.Port };
        options.Recipients.Insert(0, "nobody-of-that-name");
        var content = new MailContent("[SISPI] CRITICAL server2: «año»", [new Block.Paragraph("some words"), new Block.Commands([".", "From here on"])], []);

        var outcome = await new SmtpTransport(Live.Options(options)).SendAsync(MailWriter.Write(content.Subject, content, options, TimeProvider.System.GetUtcNow()));

        Assert.That(outcome.Refused.Select(refused => (refused.Address, refused.Code)), Is.EqualTo(new[] { ("nobody-of-that-name", 550) }));
        var mail = await Eventually.GetAsync(() => Task.FromResult(_server.ReadMailbox().SingleOrDefault()), "mail in the mailbox");
        Assert.That(mail.Headers["Delivered-To"], Is.EqualTo("postgres-status@mail.sispi.example"));
        Assert.That((mail.Subject, mail.Headers["Auto-Submitted"]), Is.EqualTo((content.Subject, "auto-generated")));
        Assert.That(mail.TextBody, Does.Contain("some words").And.Contain("From here on"));
    }
}
