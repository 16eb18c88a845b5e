using System.Globalization;

namespace SispiAgent.Postgres;

/// <summary>Numbers of <c>pg_settings</c> in bytes and times: the unit of one setting differs between versions.</summary>
internal static class SettingUnit
{
    /// <summary>A setting's bytes; a number without a unit stays as it is.</summary>
    public static long Bytes(string setting, string? unit) => Whole(setting) * (unit switch
    {
        "kB" => 1L << 10,
        "4kB" => 4L << 10,
        "8kB" => 8L << 10,
        "16kB" => 16L << 10,
        "32kB" => 32L << 10,
        "MB" => 1L << 20,
        "16MB" => 16L << 20,
        "GB" => 1L << 30,
        _ => 1,
    });

    /// <summary>A setting's time.</summary>
    public static TimeSpan Time(string setting, string? unit) => unit switch
    {
        "ms" => TimeSpan.FromMilliseconds(Whole(setting)),
        "min" => TimeSpan.FromMinutes(Whole(setting)),
        _ => TimeSpan.FromSeconds(Whole(setting)),
    };

    private static long Whole(string setting) => long.Parse(setting, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
