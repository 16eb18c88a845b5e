using SispiAgent.Alerts;

namespace SispiAgent.Mail;

/// <summary>When a mail that was not taken is tried again. Pure.</summary>
internal static class TryPace
{
    /// <summary>It ends small: a mail server that is back must not wait long to be noticed.</summary>
    private static readonly TimeSpan[] Spacing = [TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15)];

    /// <summary>What was refused for good may be mended at the other end, without a word to us.</summary>
    private static readonly TimeSpan Seldom = TimeSpan.FromHours(1);

    /// <summary>The next try.</summary>
    public static DateTimeOffset Next(WaitingMail waiting, DateTimeOffset now, bool setAside) => now + (setAside ? Seldom : Spacing[Math.Min(waiting.Attempts, Spacing.Length - 1)]);

    /// <summary>Whether it has been tried for as long as the configuration says.</summary>
    public static bool IsTooOld(WaitingMail waiting, DateTimeOffset now, MailOptions options) => now - waiting.BoundAt > options.KeepTrying;
}
