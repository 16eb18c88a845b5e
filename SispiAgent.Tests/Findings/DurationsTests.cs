using SispiAgent.Findings;

namespace SispiAgent.Tests.Findings;

internal sealed class DurationsTests
{
    private static readonly TimeZoneInfo Santiago = TimeZoneInfo.FindSystemTimeZoneById("America/Santiago");

    [TestCase("2026-11-29T14:02:00Z", false, "Sun 2026-11-29 11:02 -03 (14:02 UTC)")]
    [TestCase("2026-06-30T03:30:00Z", false, "Mon 2026-06-29 23:30 -04 (Tue 03:30 UTC)")]
    [TestCase("2026-11-29T14:02:07Z", true, "Sun 2026-11-29 11:02:07 -03 (14:02:07 UTC)")]
    public void A_moment_is_in_the_sites_time_with_its_offset_and_in_UTC(string moment, bool withSeconds, string words) =>
        Assert.That(Durations.SiteTime(DateTimeOffset.Parse(moment, System.Globalization.CultureInfo.InvariantCulture), Santiago, withSeconds), Is.EqualTo(words));

    [TestCase("00:00:40", "40 s")]
    [TestCase("00:12:59", "12 min")]
    [TestCase("03:04:05", "3 h 4 min")]
    [TestCase("2.03:04:05", "2 d 3 h")]
    [TestCase("-00:00:05", "0 s")]
    public void A_duration_is_in_its_two_largest_units(string duration, string words) =>
        Assert.That(Durations.Words(TimeSpan.Parse(duration, System.Globalization.CultureInfo.InvariantCulture)), Is.EqualTo(words));

    [TestCase(0, "0 bytes")]
    [TestCase(1536, "1.5 kB")]
    [TestCase(327155712, "312 MB")]
    public void A_size_is_in_the_unit_that_leaves_few_digits(long bytes, string words) => Assert.That(ByteSize.Words(bytes), Is.EqualTo(words));
}
