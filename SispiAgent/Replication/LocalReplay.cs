using System.Text.RegularExpressions;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>
/// A standby starts its WAL receiver only when it has replayed what it has of its own (manual, "Standby Server Operation"): after a crash or a re-sync that can take
/// many minutes, in which nothing is wrong. Its startup process names the segment in its title; as long as that moves on, it is at work.
/// </summary>
internal sealed partial class LocalReplay
{
    private string? _segment;

    /// <summary>Whether it replays and has moved on since the look before. Without titles (update_process_title off) it is not known to.</summary>
    public bool IsGoingOn(LocalEvidence local) => IsGoingOn(local.Children.Where(child => child.Kind is ServerProcessKind.Startup).Select(child => child.Process.Title).FirstOrDefault());

    /// <summary>The same by the title.</summary>
    internal bool IsGoingOn(string? title)
    {
        var segment = title is null ? null : Recovering().Match(title) is { Success: true } match ? match.Groups["segment"].Value : null;
        var hasMoved = segment is not null && segment != _segment;
        _segment = segment;
        return hasMoved;
    }

    [GeneratedRegex(@"\brecovering (?<segment>[0-9A-F]{24})\b", RegexOptions.CultureInvariant)]
    private static partial Regex Recovering();
}
