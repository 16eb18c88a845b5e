using System.Globalization;
using SispiAgent.BackupSets;
using SispiAgent.Conformance;
using SispiAgent.Findings;
using SispiAgent.Replication;

namespace SispiAgent.Digest;

/// <summary>Puts a digest into words: first what needs somebody, then what is good to know. Pure.</summary>
internal static class DigestLetter
{
    private const int MostSets = 8, MostDatabases = 8;
    private static readonly TimeSpan OutOfDate = TimeSpan.FromDays(2);

    /// <summary>The letter.</summary>
    public static Letter Write(DigestFacts facts, TimeZoneInfo zone)
    {
        string At(DateTimeOffset moment) => Durations.SiteTime(moment, zone);
        return new(Subject(facts),
        [
            new Block.Headline(Verdict(facts), facts.Alerts.Any(alert => alert.Severity == nameof(Severity.Critical)) ? Tone.Critical : facts.Alerts.Count + facts.Unasked.Count + NotWell(facts) > 0 ? Tone.Warning : Tone.Good),
            .. facts.Alerts.Select(alert => new Block.Paragraph($"{(alert.Severity == nameof(Severity.Critical) ? "Critical" : "Warning")}: {alert.Subject}: {alert.Summary}, since {At(alert.Since)} ({alert.Code})")),
            .. facts.Unasked.Select(unasked => new Block.Paragraph($"{unasked.Node} could not be asked: {unasked.Problem}. What only its agent knows is missing here.")),
            new Block.Paragraph($"Written by {facts.Node}, {facts.Why}. The next digest is due {At(facts.NextDue)}. If it does not come, something is wrong with the agents or the mail: sispi-agent status, on each host."),
            .. Backups(facts, At),
            .. Sizes(facts),
            .. Runway(facts),
            .. Lines("Replication", facts, IsReplication),
            .. Lines("Room and the rest", facts, topic => !IsReplication(topic) && !IsBackup(topic) && topic is not (RunwayWords.Topic or ConfigurationWords.Topic)),
            .. Changes(facts, At),
        ]);
    }

    private static string Subject(DigestFacts facts) => $"Weekly digest: {Verdict(facts)[..1].ToLowerInvariant()}{Verdict(facts)[1..]}";

    private static string Verdict(DigestFacts facts)
    {
        var alerts = facts.Alerts.Count switch { 0 => "", 1 => "one alert is open", var count => string.Create(CultureInfo.InvariantCulture, $"{count} alerts are open") };
        var unasked = facts.Unasked.Count == 0 ? "" : $"{string.Join(" and ", facts.Unasked.Select(one => one.Node))} could not be asked";
        var notWell = NotWell(facts) is > 0 and var count2 && alerts.Length == 0 ? string.Create(CultureInfo.InvariantCulture, $"{count2} {(count2 == 1 ? "thing was" : "things were")} last seen not well") : "";
        var text = string.Join(", ", new[] { alerts, notWell, unasked }.Where(part => part.Length > 0));
        return text.Length == 0 ? "All is well" : char.ToUpperInvariant(text[0]) + text[1..];
    }

    /// <summary>What was seen of a role that a host no longer has grows old, and is nobody's trouble.</summary>
    private static int NotWell(DigestFacts facts) => facts.Seen.Count(seen => !seen.IsWell && (facts.At - seen.At <= OutOfDate || IsBackup(seen.Topic)));

    private static IEnumerable<Block> Backups(DigestFacts facts, Func<DateTimeOffset, string> at)
    {
        yield return new Block.Headline("Backups");
        if (facts.Sets is not [var newest, ..])
        {
            yield return new Block.Paragraph($"There is no good backup set on {facts.Node}: a mistaken DELETE today could not be undone from its disk.");
        }
        else
        {
            var point = newest.Manifest.Databases.Select(database => database.SnapshotAt).DefaultIfEmpty(newest.Time).Min();
            yield return new Block.Paragraph($"A mistaken DELETE today can be undone to {at(point)}: the newest good set, {newest.Id}, is {Durations.Words(facts.At - point)} old. {(facts.ProvenOn.Count > 0 ? $"Its copy was proven on {string.Join(" and ", facts.ProvenOn)}." : newest.Manifest.Origin == facts.Node ? "No copy of it was proven on another host." : "It is the copy.")}");
            yield return new Block.Bars("Backup sets, newest first", [.. facts.Sets.Take(MostSets).Select(set => new Bar(set.Id, set.Manifest.Bytes, $"{ByteSize.Words(set.Manifest.Bytes)}, took {Durations.Words(set.Manifest.Finished - set.Manifest.Started)}"))]);
        }

        if (!facts.Seen.Any(seen => seen.Topic.Contains("drill", StringComparison.Ordinal)))
            yield return new Block.Paragraph("No host that could be asked told of a restore drill.");
        if (Rows(facts, IsBackup) is { Count: > 0 } rows)
            yield return new Block.Table(["host", "what", "state"], rows, []);
    }

    private static IEnumerable<Block> Sizes(DigestFacts facts)
    {
        if (facts.Sets is not [var newest, ..] || newest.Manifest.Databases.Count == 0)
            yield break;
        var before = facts.Sets.Skip(1).FirstOrDefault(set => set.Manifest.SystemIdentifier == newest.Manifest.SystemIdentifier);
        var old = before?.Manifest.Databases.ToDictionary(database => database.Name, database => database.Bytes) ?? [];
        SetDatabase[] largest = [.. newest.Manifest.Databases.OrderByDescending(database => database.Bytes).Take(MostDatabases)];
        yield return new Block.Headline("Sizes and growth");
        yield return new Block.Bars($"Databases on the server at the newest backup{(before is null ? "" : $", and their change in {Durations.Words(newest.Time - before.Time)}")}",
            [.. largest.Select(database => new Bar(database.Name, database.Bytes, old.TryGetValue(database.Name, out var bytes) ? $"{ByteSize.Words(database.Bytes)} ({(database.Bytes < bytes ? "-" : "+")}{ByteSize.Words(Math.Abs(database.Bytes - bytes))})" : before is null ? ByteSize.Words(database.Bytes) : $"{ByteSize.Words(database.Bytes)} (new)"))]);
    }

    private static IEnumerable<Block> Runway(DigestFacts facts)
    {
        yield return new Block.Headline("WAL runway");
        yield return new Block.Paragraph("How long a standby or mirror can be away before it has to be copied anew. The guide reckons with about 1.5 weeks for 64 segments; this is what it is worth now.");
        if (Rows(facts, topic => topic == RunwayWords.Topic) is { Count: > 0 } rows)
            yield return new Block.Table(["host", "runway"], [.. rows.Select(row => (string[])[row[0], row[2]])], []);
        else
            yield return new Block.Paragraph("No primary's agent told.");
    }

    private static IEnumerable<Block> Lines(string title, DigestFacts facts, Func<string, bool> isOf)
    {
        if (Rows(facts, isOf) is not { Count: > 0 } rows)
            yield break;
        yield return new Block.Headline(title);
        yield return new Block.Table(["host", "what", "state"], rows, []);
    }

    private static IReadOnlyList<IReadOnlyList<string>> Rows(DigestFacts facts, Func<string, bool> isOf) =>
    [
        .. facts.Seen.Where(seen => isOf(seen.Topic)).OrderBy(seen => seen.IsWell).ThenBy(seen => seen.Subject, StringComparer.Ordinal).ThenBy(seen => seen.Topic, StringComparer.Ordinal)
            .Select(seen => (string[])[seen.Subject, seen.Topic, $"{(seen.IsWell ? "" : "! ")}{seen.Text}{(facts.At - seen.At > OutOfDate ? $" (seen {Durations.Words(facts.At - seen.At)} ago)" : "")}"]),
    ];

    private static IEnumerable<Block> Changes(DigestFacts facts, Func<DateTimeOffset, string> at)
    {
        yield return new Block.Headline("Changed settings");
        if (facts.Changes.Count == 0)
            yield return new Block.Paragraph($"{facts.Node}'s agent saw no change of settings or access rules this week.");
        foreach (var change in facts.Changes)
        {
            yield return new Block.Paragraph($"{change.Node}, between {at(change.Since)} and {at(change.At)}:");
            yield return new Block.Commands(change.Diff);
        }

        if (Rows(facts with { Seen = [.. facts.Seen.Where(seen => seen.Subject != facts.Node && !facts.Changes.Any(change => change.Node == seen.Subject))] }, topic => topic == ConfigurationWords.Topic) is { Count: > 0 } others)
            yield return new Block.Table(["host", "what its agent saw"], [.. others.Select(row => (string[])[row[0], row[2]])], []);
    }

    private static bool IsBackup(string topic) => !topic.StartsWith("disk", StringComparison.Ordinal) && !topic.StartsWith("exclusive", StringComparison.Ordinal)
        && (topic.Contains("backup", StringComparison.Ordinal) || topic.Contains("drill", StringComparison.Ordinal));

    private static bool IsReplication(string topic) => !topic.StartsWith("disk", StringComparison.Ordinal) && topic != RunwayWords.Topic && (topic.Contains("WAL", StringComparison.Ordinal) || topic.Contains("slot", StringComparison.Ordinal) || topic is "PostgreSQL" or "readiness" or "replication" or "roles" or "recovery settings" or "replay conflicts");
}
