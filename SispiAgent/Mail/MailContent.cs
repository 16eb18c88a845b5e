using SispiAgent.Findings;

namespace SispiAgent.Mail;

/// <summary>A mail in words: one subject, blocks, and the threads it belongs to.</summary>
/// <param name="Subject">With prefix, in one line.</param>
/// <param name="Blocks">The body.</param>
/// <param name="ThreadKeys">The threads, the first one first.</param>
internal sealed record MailContent(string Subject, IReadOnlyList<Block> Blocks, IReadOnlyList<string> ThreadKeys);
