using System.Text.Json;
using SispiAgent.Alerts;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.History;
using SispiAgent.Peers;
using SispiAgent.Platform;
using SispiAgent.Scheduling;

namespace SispiAgent.Cli;

/// <summary>Everything that is known, as <c>status</c> shows it and <c>--json</c> prints it.</summary>
/// <param name="Schema">The format's number, 1.</param>
/// <param name="Node">This host.</param>
/// <param name="AgentVersion">The version of this program.</param>
/// <param name="ConfigurationHash">The site configuration's hash.</param>
/// <param name="AgentSeenAt">When the running agent last wrote its facts, UTC; <see langword="null"/> if never.</param>
/// <param name="IsAgentRunning">Whether an agent holds the state directory.</param>
/// <param name="Observations">What was last seen.</param>
/// <param name="OpenAlerts">What is wrong.</param>
/// <param name="WaitingMails">What no mail server has taken yet.</param>
/// <param name="NextFirings">When what runs next, UTC.</param>
internal sealed record StatusReport(
    int Schema, string Node, string AgentVersion, string ConfigurationHash, DateTimeOffset? AgentSeenAt, bool IsAgentRunning, IReadOnlyList<Observation> Observations,
    IReadOnlyList<AlertFacts> OpenAlerts, IReadOnlyList<MailFacts> WaitingMails, IReadOnlyDictionary<string, DateTimeOffset> NextFirings)
{
    /// <summary>Reads it; works whether the agent runs or not.</summary>
    public static StatusReport Read(
        AgentPaths paths, CurrentSite site, LiveConfiguration configuration, StatusBoard board, AlertBook book, Outbox outbox, TimeProvider time)
    {
        var now = time.GetUtcNow();
        var facts = ReadFacts(paths);
        return new(
            1, site.Value.Self.Name, SispiAgent.AgentVersion.Text, configuration.Current.Hash, facts?.ObservedAt, IsRunning(paths), board.ReadAll(),
            [.. book.ReadTold().Select(alert => new AlertFacts(alert.Finding.Code.Value, alert.Finding.Subject, alert.Finding.Severity.ToString(), alert.Finding.Summary, alert.FirstSeen))],
            [.. outbox.ReadMails().Select(mail => new MailFacts(mail.BoundAt, mail.Attempts, mail.IsSetAside, mail.NextTry, mail.Problem))],
            configuration.Current.Get<SchedulesOptions>().All().ToDictionary(entry => entry.Key, entry => ScheduleExpression.Parse(entry.Text, site.Value.TimeZone, now).Next(now).First()));
    }

    /// <summary>The agent's facts; none if another version wrote them: the rest is shown all the same.</summary>
    private static PeerFacts? ReadFacts(AgentPaths paths)
    {
        try
        {
            return File.Exists(paths.Facts) ? PeerFactsFile.Read(File.ReadAllText(paths.Facts)) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsRunning(AgentPaths paths)
    {
        if (!File.Exists(paths.Lock))
            return false;
        using var free = FileLock.TryTake(paths.Lock);
        return free is null;
    }
}

/// <summary>A mail that waits.</summary>
/// <param name="Since">When it was bound, UTC.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="IsSetAside">Whether it was refused for good, or for days: it is tried hourly and when the configuration changes.</param>
/// <param name="NextTry">When it is due, UTC.</param>
/// <param name="Problem">Why the last try failed.</param>
internal sealed record MailFacts(DateTimeOffset Since, int Attempts, bool IsSetAside, DateTimeOffset NextTry, string? Problem);
