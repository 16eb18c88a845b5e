using System.Text.RegularExpressions;

namespace SispiAgent.Postgres;

/// <summary>Which of PostgreSQL's processes it is.</summary>
internal enum ServerProcessKind
{
    /// <summary>Any other.</summary>
    Other,

    /// <summary>Sends WAL to a standby, a backup or pg_receivewal.</summary>
    WalSender,

    /// <summary>Receives WAL on a standby.</summary>
    WalReceiver,

    /// <summary>Replays WAL.</summary>
    Startup,
}

/// <summary>A child of the postmaster, read from its process title.</summary>
/// <param name="Process">The process.</param>
/// <param name="Kind">Which of PostgreSQL's processes it is.</param>
/// <param name="Client">On a sender: the address it sends to, if the title shows one.</param>
/// <param name="Position">The position in its title, if it shows one; an idle or quiet one shows none and is no less connected.</param>
internal sealed partial record ServerProcess(ProcessEntry Process, ServerProcessKind Kind, string? Client, WalPosition? Position)
{
    /// <summary>
    /// Reads a title of any version: <c>wal sender process</c> (to 10) or <c>walsender</c>, behind <c>postgres:</c> and the cluster's
    /// name (9.5+), with an activity, without one (update_process_title=off), or idle.
    /// </summary>
    public static ServerProcess From(ProcessEntry process)
    {
        var title = process.Title.TrimEnd('\0', ' ');
        var match = Title().Match(title);
        if (!match.Success)
            return new(process, ServerProcessKind.Other, null, null);

        var kind = match.Groups["kind"].Value switch
        {
            var name when name.EndsWith("sender", StringComparison.Ordinal) => ServerProcessKind.WalSender,
            var name when name.EndsWith("receiver", StringComparison.Ordinal) => ServerProcessKind.WalReceiver,
            _ => ServerProcessKind.Startup,
        };
        if (kind is not ServerProcessKind.WalSender && Session().IsMatch(title))
            return new(process, ServerProcessKind.Other, null, null); // a session of a user who is called "startup"
        var streaming = Streaming().Match(title);
        var client = Address().Match(title);
        return new(process, kind, kind is ServerProcessKind.WalSender && client.Success ? client.Groups[1].Value : null, streaming.Success ? WalPosition.TryParse(streaming.Groups[1].Value) : null);
    }

    [GeneratedRegex(@"^postgres: (?:[^:]*: )?(?<kind>wal ?sender|wal ?receiver|startup)(?: process)?(?: |$)", RegexOptions.CultureInvariant)]
    private static partial Regex Title();

    [GeneratedRegex(@" \[local\]|\([0-9]+\)", RegexOptions.CultureInvariant)]
    private static partial Regex Session();

    [GeneratedRegex(@" ([0-9a-fA-F.:]+)\([0-9]+\)", RegexOptions.CultureInvariant)]
    private static partial Regex Address();

    [GeneratedRegex(@" streaming ([0-9A-F]+/[0-9A-F]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Streaming();
}
