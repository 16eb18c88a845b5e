using System.Globalization;
using Quartz;

namespace SispiAgent.Scheduling;

/// <summary>When something runs: a crontab line (five fields), a Quartz expression (six or seven), or an interval (<c>00:00:30</c>).</summary>
internal sealed class ScheduleExpression
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private ScheduleExpression(string text, CronExpression? cron, TimeSpan? interval) => (Text, Cron, Interval) = (text, cron, interval);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>The cron expression in Quartz's form and in its zone, if it is one.</summary>
    public CronExpression? Cron { get; }

    /// <summary>The interval, if it is one.</summary>
    public TimeSpan? Interval { get; }

    /// <summary>Reads an expression.</summary>
    /// <param name="text">The text.</param>
    /// <param name="zone">The zone that its times are of.</param>
    /// <param name="now">An expression that has no firing after this is wrong.</param>
    /// <exception cref="FormatException">It is none, or can never fire; the message says what would be right.</exception>
    public static ScheduleExpression Parse(string text, TimeZoneInfo zone, DateTimeOffset now)
    {
        var trimmed = text.Trim();
        if (TimeSpan.TryParseExact(trimmed, ["c", "g"], CultureInfo.InvariantCulture, out var interval) && trimmed.Contains(':', StringComparison.Ordinal))
        {
            return interval >= Shortest && interval <= Longest
                ? new(text, null, interval)
                : throw new FormatException("an interval is between 00:00:01 and 1.00:00:00; for something rarer write a crontab line.");
        }

        CronExpression? cron;
        var isRead = trimmed.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 5
            ? CronExpression.TryParse(trimmed, CronFormat.Unix, out cron)
            : CronExpression.TryParse(trimmed, out cron);
        if (!isRead || cron is null)
            throw new FormatException("write a crontab line (\"2 11 * * Sun\": minute, hour, day, month, weekday), a Quartz expression (\"0 2 11 ? * SUN\") or an interval (\"00:00:30\").");
        cron = cron.WithTimeZone(zone);
        return cron.GetNextValidTimeAfter(now) is null ? throw new FormatException("this can never fire: there is no such day.") : new(text, cron, null);
    }

    /// <summary>The next firings after a moment. An interval counts from the agent's start: the first is one interval away.</summary>
    public IEnumerable<DateTimeOffset> Next(DateTimeOffset after)
    {
        DateTimeOffset? moment = after;
        while ((moment = Interval is { } interval ? moment + interval : Cron!.GetNextValidTimeAfter(moment.Value)) is { } firing)
            yield return firing;
    }

    /// <summary>The newest firing before a moment; <see langword="null"/> for an interval.</summary>
    public DateTimeOffset? Previous(DateTimeOffset before) => Cron?.GetPreviousValidTimeBefore(before);
}
