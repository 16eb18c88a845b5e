using SispiAgent.Demo;

namespace SispiAgent.Tests.Demo;

/// <summary>The demo's own judgement of the mails that came: what it must not let pass.</summary>
internal sealed class MailLedgerTests
{
    private static readonly ExpectedMail Raised = new("down", "server2", "CRITICAL server2: PostgreSQL refuses connections") { Says = ["killed"] };
    private static readonly ExpectedMail Over = new("up", "server2", "OK server2: ") { Under = "down" };

    private readonly MailLedger _ledger = new();

    [Test]
    public void The_story_as_told_has_no_problem()
    {
        DemoMail[] mails = [Mail(1, "CRITICAL server2: PostgreSQL refuses connections"), Mail(2, "OK server2: PostgreSQL refuses connections (over after 9 s)", answers: "1@server2.sispi-agent")];

        Assert.That(_ledger.Take(Raised, mails)!.Number, Is.EqualTo(1));
        Assert.That(_ledger.Take(Over, mails)!.Number, Is.EqualTo(2));
        _ledger.Close(mails);

        Assert.That(_ledger.Problems, Is.Empty);
    }

    [TestCase("1@server2.sispi-agent", ExpectedResult = 0)]
    [TestCase("9@server2.sispi-agent", ExpectedResult = 1)]
    [TestCase(null, ExpectedResult = 1)]
    public int A_mail_that_may_come_before_is_none_too_much_in_its_thread_only(string? answers)
    {
        DemoMail[] mails =
        [
            Mail(1, "CRITICAL server2: PostgreSQL refuses connections"),
            Mail(2, "CRITICAL server2: PostgreSQL is starting up", answers),
            Mail(3, "OK server2: PostgreSQL is starting up (over after 9 s)", answers: "1@server2.sispi-agent"),
        ];
        _ledger.Take(Raised, mails);
        _ledger.Take(Over with { MayComeBefore = DemoStory.StartingUp("server2") }, mails);
        _ledger.Close(mails);

        return _ledger.Problems.Count;
    }

    [Test]
    public void A_mail_is_told_of_once()
    {
        DemoMail[] mails = [Mail(1, "CRITICAL server2: PostgreSQL refuses connections")];
        _ledger.Take(Raised, mails);

        Assert.That(_ledger.Take(Raised, mails), Is.Null);
    }

    [TestCase("CRITICAL server2: PostgreSQL does not answer", "server2")]
    [TestCase("WARNING server2: PostgreSQL refuses connections", "server2")]
    [TestCase("CRITICAL server3: PostgreSQL refuses connections", "server2")]
    [TestCase("CRITICAL server2: PostgreSQL refuses connections", "system1")]
    public void Another_state_severity_subject_or_writer_is_not_the_mail_that_is_meant_and_one_too_much(string subject, string writer)
    {
        DemoMail[] mails = [Mail(1, subject, writer: writer)];

        Assert.That(_ledger.Take(Raised, mails), Is.Null);
        _ledger.Missed(Raised);
        _ledger.Close(mails);

        Assert.That(_ledger.Problems, Has.Count.EqualTo(2).And.Some.Contains("did not come").And.Some.Contains("Nobody expected mail 1"));
    }

    [TestCase(null, "should be in the thread of 1@server2.sispi-agent")]
    [TestCase("other@server2.sispi-agent", "should be in the thread of 1@server2.sispi-agent")]
    public void A_mail_in_no_thread_or_in_a_strange_one_is_a_problem(string? answers, string problem)
    {
        DemoMail[] mails = [Mail(1, "CRITICAL server2: PostgreSQL refuses connections"), Mail(2, "OK server2: x", answers: answers)];
        _ledger.Take(Raised, mails);
        _ledger.Take(Over, mails);

        Assert.That(_ledger.Problems, Has.Count.EqualTo(1).And.Some.Contains(problem));
    }

    [Test]
    public void A_first_mail_that_answers_to_something_is_a_problem()
    {
        _ledger.Take(Raised, [Mail(1, "CRITICAL server2: PostgreSQL refuses connections", answers: "0@server2.sispi-agent")]);

        Assert.That(_ledger.Problems, Has.Some.Contains("should open a thread"));
    }

    [Test]
    public void A_mail_without_its_evidence_is_a_problem()
    {
        _ledger.Take(Raised with { Says = ["frozen"] }, [Mail(1, "CRITICAL server2: PostgreSQL refuses connections")]);

        Assert.That(_ledger.Problems, Has.Some.Contains("does not say \"frozen\""));
    }

    private static DemoMail Mail(int number, string subject, string? answers = null, string writer = "server2") =>
        new(number, $"{number}@{writer}.sispi-agent", writer, "sispi-agent", $"[SISPI] {subject}", answers, answers is null ? [] : [answers], "it was killed", DateTimeOffset.UnixEpoch);
}
