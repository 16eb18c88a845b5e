namespace SispiAgent.Demo;

/// <summary>One step of the story.</summary>
/// <param name="Title">What happens, as a headline.</param>
/// <param name="What">What is done, in a sentence.</param>
/// <param name="ActAsync">Does it; the lines that it gives are shown.</param>
/// <param name="Mails">The mails that have to come of it, in this order.</param>
internal sealed record DemoStep(string Title, string What, Func<CancellationToken, Task<IReadOnlyList<string>>> ActAsync, IReadOnlyList<ExpectedMail> Mails);
