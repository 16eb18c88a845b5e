namespace SispiAgent.Demo;

/// <summary>A mail that the story tells of, and that has to come.</summary>
/// <param name="Key">Its name within the story.</param>
/// <param name="Node">Whose agent writes it: one fact, one mail.</param>
/// <param name="Subject">What its subject begins with, behind <c>[SISPI] </c>: state, subject and summary.</param>
internal sealed record ExpectedMail(string Key, string Node, string Subject)
{
    /// <summary>The earlier mail (<see cref="Key"/>) under which it is threaded; <see langword="null"/>: it opens a thread.</summary>
    public string? Under { get; init; }

    /// <summary>What its text has to say besides.</summary>
    public IReadOnlyList<string> Says { get; init; } = [];

    /// <summary>A mail that may come before it in its thread (<see cref="Subject"/>'s form): a state that a slow machine shows and another skips.</summary>
    public string? MayComeBefore { get; init; }

    /// <summary>Whether a mail is the one meant, by writer and subject.</summary>
    public bool IsMeant(DemoMail mail) => mail.Node == Node && mail.Subject.StartsWith($"[SISPI] {Subject}", StringComparison.Ordinal);

    /// <summary>Whether a mail is one that may come before it.</summary>
    /// <param name="mail">The mail.</param>
    /// <param name="ids">The Message-Ids of the story's mails so far, by key.</param>
    public bool IsBefore(DemoMail mail, IReadOnlyDictionary<string, string> ids) =>
        MayComeBefore is not null && (this with { Subject = MayComeBefore }) is var before && before.IsMeant(mail) && before.IsInThread(mail, ids);

    /// <summary>What is wrong with the mail that is meant.</summary>
    /// <param name="mail">The mail.</param>
    /// <param name="ids">The Message-Ids of the story's mails so far, by key.</param>
    public IReadOnlyList<string> Problems(DemoMail mail, IReadOnlyDictionary<string, string> ids)
    {
        List<string> problems = [];
        var first = Under is null ? null : ids.GetValueOrDefault(Under);
        if (Under is null && (mail.Answers is not null || mail.References.Count > 0))
            problems.Add($"it answers to {mail.Answers} and should open a thread");
        if (Under is not null && first is null)
            problems.Add($"the mail \"{Under}\" that it should answer to did not come");
        if (first is not null && !IsInThread(mail, ids))
            problems.Add($"it answers to {mail.Answers ?? "nothing"} and should be in the thread of {first}");
        problems.AddRange(Says.Where(words => !mail.Text.Contains(words, StringComparison.Ordinal)).Select(words => $"it does not say \"{words}\""));
        return problems;
    }

    private bool IsInThread(DemoMail mail, IReadOnlyDictionary<string, string> ids) =>
        Under is not null && ids.GetValueOrDefault(Under) is { } first && mail.Answers == first && mail.References.Contains(first);

    /// <inheritdoc/>
    public override string ToString() => $"\"{Subject}\" from {Node}'s agent{(Under is null ? "" : $", in the thread of \"{Under}\"")}";
}
