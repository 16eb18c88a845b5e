namespace SispiAgent.Tests.Support;

/// <summary>What a mail's text tells its reader to do.</summary>
internal static class MailRemedy
{
    /// <summary>The steps under "What to do" of one finding, as they stand in the mail.</summary>
    public static IReadOnlyList<string> Steps(string text, string subject)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var steps = lines.SkipWhile(line => !line.StartsWith($"{subject}: ", StringComparison.Ordinal)).SkipWhile(line => line != "What to do:").Skip(1)
            .SkipWhile(line => line.Length == 0).TakeWhile(line => line.StartsWith("    ", StringComparison.Ordinal)).Select(line => line[4..]).ToArray();
        Assert.That(steps, Is.Not.Empty, $"The mail does not say what to do about {subject}:\n{text}");
        return steps;
    }
}
