using SispiAgent.Scheduling;

namespace SispiAgent.Tests.Scheduling;

internal sealed class ScheduleExpressionTests
{
    private static readonly TimeZoneInfo Santiago = TimeZoneInfo.FindSystemTimeZoneById("America/Santiago");
    private static readonly DateTimeOffset Thursday = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    [TestCase("2 11 * * Sun", "2026-11-29 14:02")]
    [TestCase("1 * * * *", "2026-11-26 12:01")]
    [TestCase("0 2 11 ? * SUN", "2026-11-29 14:02")]
    [TestCase("2 11 * * 0", "2026-11-29 14:02")]
    [TestCase("00:00:30", "2026-11-26 12:00")]
    public void The_next_firing_is_in_the_sites_time(string text, string utc) =>
        Assert.That(ScheduleExpression.Parse(text, Santiago, Thursday).Next(Thursday).First().UtcDateTime.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture), Is.EqualTo(utc));

    [Test]
    public void The_firing_before_is_known() =>
        Assert.That(ScheduleExpression.Parse("2 11 * * Sun", Santiago, Thursday).Previous(Thursday), Is.EqualTo(new DateTimeOffset(2026, 11, 22, 14, 2, 0, TimeSpan.Zero)));

    [Test]
    public void The_backup_keeps_its_hour_over_the_change_of_the_clocks()
    {
        var before = new DateTimeOffset(2026, 9, 4, 0, 0, 0, TimeSpan.Zero);

        var firings = ScheduleExpression.Parse("2 11 * * Sun", Santiago, before).Next(before.AddDays(-7)).Take(3).Select(firing => TimeZoneInfo.ConvertTime(firing, Santiago).ToString("dd HH:mm zzz", System.Globalization.CultureInfo.InvariantCulture));

        Assert.That(firings, Is.EqualTo(new[] { "30 11:02 -04:00", "06 11:02 -03:00", "13 11:02 -03:00" }));
    }

    [TestCase("0 0 31 2 *", "never fire")]
    [TestCase("61 * * * *", "crontab line")]
    [TestCase("every day", "crontab line")]
    [TestCase("", "crontab line")]
    [TestCase("00:00:00", "between 00:00:01")]
    [TestCase("2.00:00:00", "between 00:00:01")]
    public void What_can_not_be_is_said(string text, string problem) =>
        Assert.That(() => ScheduleExpression.Parse(text, Santiago, Thursday), Throws.InstanceOf<FormatException>().With.Message.Contains(problem));
}
