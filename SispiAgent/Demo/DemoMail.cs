using System.Globalization;
using MimeKit;

namespace SispiAgent.Demo;

/// <summary>A mail that came, as the story needs it.</summary>
/// <param name="Number">Its number at the sink.</param>
/// <param name="Id">Its Message-Id.</param>
/// <param name="Node">The host whose agent wrote it: the first word of its Message-Id's domain.</param>
/// <param name="From">The sender.</param>
/// <param name="Subject">The subject.</param>
/// <param name="Answers">The mail that it answers to, <c>In-Reply-To</c>; <see langword="null"/>: it opens a thread.</param>
/// <param name="References">The mails of its thread.</param>
/// <param name="Text">The text body.</param>
/// <param name="TakenAt">When the sink had taken it, UTC.</param>
internal sealed record DemoMail(
    int Number, string Id, string Node, string From, string Subject, string? Answers, IReadOnlyList<string> References, string Text, DateTimeOffset TakenAt)
{
    /// <summary>Reads a mail that the sink has kept.</summary>
    public static DemoMail Read(string file)
    {
        var mail = MimeMessage.Load(file);
        var domain = (mail.MessageId ?? "").Split('@').Last();
        return new(
            int.Parse(Path.GetFileNameWithoutExtension(file), CultureInfo.InvariantCulture), mail.MessageId ?? "", domain.Split('.')[0], mail.From.ToString(), mail.Subject ?? "",
            mail.InReplyTo, [.. mail.References], mail.TextBody ?? "", new DateTimeOffset(File.GetLastWriteTimeUtc(file), TimeSpan.Zero));
    }

    /// <summary>Every mail of a sink's folder, in the order in which they were taken.</summary>
    public static IReadOnlyList<DemoMail> ReadAll(string folder) => [.. Directory.GetFiles(folder, "*.eml").Order(StringComparer.Ordinal).Select(Read)];
}
