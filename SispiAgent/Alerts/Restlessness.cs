namespace SispiAgent.Alerts;

/// <summary>
/// Something that comes and goes (a server in a crash loop) would mail at each turn. After some turns within an hour it stays open until it
/// has been quiet for a while: one alert, its reminders, one end.
/// </summary>
internal static class Restlessness
{
    /// <summary>For how long an alert that is over is remembered, and how close its ends have to be to count.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    /// <summary>How long it must not be seen until it is called over, once it is restless.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMinutes(10);

    /// <summary>How many ends make it restless.</summary>
    public const int Turns = 3;

    /// <summary>Whether an alert's last end is still remembered.</summary>
    public static bool IsRemembered(Alert alert, DateTimeOffset now) => alert.LastCleared is { } last && now - last < Memory;

    /// <summary>Whether an alert has come and gone too often of late.</summary>
    public static bool IsRestless(Alert alert) => alert.Clears >= Turns;
}
