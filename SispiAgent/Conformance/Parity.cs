using SispiAgent.Findings;
using SispiAgent.Postgres;

namespace SispiAgent.Conformance;

/// <summary>
/// Settings that a standby has to have at least as large as its primary (manual, "Administrator's Overview" of hot standby). They bind only where
/// hot_standby is on: elsewhere nothing shows it until the promotion. Pure.
/// </summary>
internal static class Parity
{
    /// <summary>A standby's setting is not its primary's.</summary>
    public static readonly FindingCode Code = new("conformance.parity");

    /// <summary>The settings, and from which version on they count.</summary>
    private static readonly (string Name, int Since)[] Settings =
        [("max_connections", 0), ("max_prepared_transactions", 0), ("max_locks_per_transaction", 0), ("max_worker_processes", 90400), ("max_wal_senders", 120000)];

    /// <summary>Whether a setting has to be equal on both.</summary>
    public static bool Binds(string name, int version) => Settings.Any(setting => setting.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && version >= setting.Since);

    /// <summary>Where a standby differs from its primary.</summary>
    public static IEnumerable<Disparity> Differences(ServerSettings primary, ServerSettings standby) =>
        from setting in Settings
        where primary.Version >= setting.Since
        let here = Number(primary, setting.Name)
        let there = Number(standby, setting.Name)
        where here is not null && there is not null && here != there
        select new Disparity(setting.Name, here.Value, there.Value);

    /// <summary>The finding of a difference.</summary>
    public static Finding Judge(Disparity difference, string primary, string standby, ServerSettings settings) => new(Code, $"{standby}/{difference.Name}", Severity.Warning, $"{difference.Name} is not as on the primary")
    {
        Evidence = [$"{primary}, the primary: {difference.Primary}", $"{standby}, the standby: {difference.Standby}", $"read from {settings.Source}"],
        Effect = difference.Standby < difference.Primary
            ? $"With hot_standby on, {standby} would not start, or stop replaying; with it off nothing shows until a failover, after which it takes less than the primary took."
            : $"After a failover {primary}, as the new standby, would have less than its primary.",
        Remedy = Order(difference, primary, standby, settings),
    };

    /// <summary>The steps that mend a difference on the standby: it never has less than the primary while they are done.</summary>
    public static IReadOnlyList<string> Order(Disparity difference, string primary, string standby, ServerSettings settings) =>
    [
        .. SettingRemedy.Put(standby, difference.Name, difference.Primary.ToString(System.Globalization.CultureInfo.InvariantCulture), settings),
        $"Then restart {standby}, the standby alone, which nobody notices: {SettingRemedy.Restart(settings)}",
        difference.Standby < difference.Primary
            ? $"If {difference.Standby} is right: lower it on {primary} first and restart that, the standby has it already."
            : $"If {difference.Standby} is right: {standby} has it already; raise it on {primary} and restart that at a quiet time.",
    ];

    private static long? Number(ServerSettings settings, string name) =>
        long.TryParse(settings[name] ?? SettingDefaults.Of(name, settings.Version), System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>A difference of one setting.</summary>
/// <param name="Name">The setting.</param>
/// <param name="Primary">The primary's value.</param>
/// <param name="Standby">The standby's value.</param>
internal sealed record Disparity(string Name, long Primary, long Standby);
