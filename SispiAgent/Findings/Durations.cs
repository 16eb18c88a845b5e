using System.Globalization;

namespace SispiAgent.Findings;

/// <summary>Times and durations as people read them.</summary>
internal static class Durations
{
    /// <summary>A duration in its two largest units: <c>2 d 3 h</c>, <c>12 min</c>, <c>40 s</c>.</summary>
    public static string Words(TimeSpan duration) => duration switch
    {
        { TotalDays: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)duration.TotalDays} d {duration.Hours} h"),
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.Hours} h {duration.Minutes} min"),
        { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.Minutes} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (int)duration.TotalSeconds)} s"),
    };

    /// <summary>A moment in the site's zone with its offset, and UTC in brackets: <c>Sun 2026-11-29 11:02 -03 (14:02 UTC)</c>.</summary>
    public static string SiteTime(DateTimeOffset moment, TimeZoneInfo zone, bool withSeconds = false)
    {
        var clock = withSeconds ? "HH:mm:ss" : "HH:mm";
        var local = TimeZoneInfo.ConvertTime(moment, zone);
        var offset = local.Offset.Minutes == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{(local.Offset < TimeSpan.Zero ? '-' : '+')}{Math.Abs(local.Offset.Hours):00}")
            : local.ToString("zzz", CultureInfo.InvariantCulture);
        var utc = moment.UtcDateTime.ToString(moment.UtcDateTime.Date == local.Date ? clock : $"ddd {clock}", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{local.ToString($"ddd yyyy-MM-dd {clock}", CultureInfo.InvariantCulture)} {offset} ({utc} UTC)");
    }
}
