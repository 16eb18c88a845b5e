using SispiAgent.Alerts;
using SispiAgent.Backup;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Conformance;
using SispiAgent.Liveness;
using SispiAgent.Mail;
using SispiAgent.Peers;
using SispiAgent.Platform;
using SispiAgent.Postgres;
using SispiAgent.Readiness;
using SispiAgent.Replication;
using SispiAgent.Restore;
using SispiAgent.Room;
using SispiAgent.Scheduling;

namespace SispiAgent.Hosting;

/// <summary>Every section of <c>appsettings.json</c>; any other top-level key is an error.</summary>
internal static class Sections
{
    /// <summary>The sections, in the order of the file.</summary>
    public static IReadOnlyList<ConfigurationSection> All { get; } =
    [
        ConfigurationSection.Of<AgentOptions>(AgentOptions.Section),
        ConfigurationSection.Of<ClusterOptions>(ClusterOptions.Section),
        ConfigurationSection.Of<PostgresOptions>(PostgresOptions.Section),
        ConfigurationSection.Of<PeersOptions>(PeersOptions.Section),
        ConfigurationSection.Of<AlertsOptions>(AlertsOptions.Section),
        ConfigurationSection.Of<LivenessOptions>(LivenessOptions.Section),
        ConfigurationSection.Of<ReplicationOptions>(ReplicationOptions.Section),
        ConfigurationSection.Of<ConformanceOptions>(ConformanceOptions.Section),
        ConfigurationSection.Of<ReadinessOptions>(ReadinessOptions.Section),
        ConfigurationSection.Of<BackupOptions>(BackupOptions.Section),
        ConfigurationSection.Of<RestoreOptions>(RestoreOptions.Section),
        ConfigurationSection.Of<MailOptions>(MailOptions.Section),
        ConfigurationSection.Of<RoomOptions>(RoomOptions.Section),
        ConfigurationSection.Of<SchedulesOptions>(SchedulesOptions.Section),
    ];

    /// <summary>Reads a file against all of them. Serilog reads its own section.</summary>
    public static ConfigurationLoader Loader { get; } = new(All, [new(LogRules.Section, LogRules.Check)], SiteRules.Check, AgentOptions.Section);
}
