namespace SispiAgent.Demo;

/// <summary>Which of the mails that came the story has told of, and what is wrong with the others. Pure.</summary>
internal sealed class MailLedger
{
    private readonly Dictionary<string, string> _ids = [];
    private readonly HashSet<int> _told = [];
    private readonly List<string> _problems = [];

    /// <summary>What is wrong so far.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Takes the first mail that is meant and was not told of yet.</summary>
    /// <returns>The mail; <see langword="null"/> if it has not come.</returns>
    public DemoMail? Take(ExpectedMail expected, IReadOnlyList<DemoMail> mails)
    {
        if (mails.FirstOrDefault(mail => !_told.Contains(mail.Number) && expected.IsMeant(mail)) is not { } found)
            return null;
        _told.Add(found.Number);
        _told.UnionWith(mails.Where(mail => mail.Number < found.Number && expected.IsBefore(mail, _ids)).Select(mail => mail.Number));
        _problems.AddRange(expected.Problems(found, _ids).Select(problem => $"Mail {found.Number}, \"{found.Subject}\": {problem}."));
        _ids[expected.Key] = found.Id;
        return found;
    }

    /// <summary>Notes a mail that did not come.</summary>
    public void Missed(ExpectedMail expected) => _problems.Add($"This mail did not come: {expected}.");

    /// <summary>Notes every mail that the story does not tell of: one fact, one mail.</summary>
    public void Close(IReadOnlyList<DemoMail> mails) =>
        _problems.AddRange(mails.Where(mail => _told.Add(mail.Number)).Select(mail => $"Nobody expected mail {mail.Number}, \"{mail.Subject}\" from {mail.Node}'s agent."));
}
