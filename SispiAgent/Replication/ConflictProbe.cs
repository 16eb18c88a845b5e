using Npgsql;
using SispiAgent.Cluster;
using SispiAgent.Findings;
using SispiAgent.History;
using SispiAgent.Postgres;

namespace SispiAgent.Replication;

/// <summary>Do standby and mirror cancel queries that are in the way of replay. Each agent says it of its own standby, the primary's of the mirrors.</summary>
internal sealed class ConflictProbe(CurrentSite site, OwnServer own, ServerConnector connector, ConflictBook book, StatusBoard board, TimeProvider time) : IProbe
{
    /// <inheritdoc/>
    public string Name => "replication.conflicts";

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Replication];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        if (await own.ReadAsync(cancellationToken) is not { } status)
            return [];
        var current = site.Value;
        Node[] standbys = status.Role is ServerRole.Primary ? [.. current.Servers.Where(node => !node.HasAgent)] : status.Reach is Reach.Accepting ? [current.Self] : [];
        List<Finding> findings = [];
        foreach (var node in standbys)
        {
            await NoteAsync(node, status.KnownVersion, cancellationToken);
            var now = time.GetUtcNow();
            var cancelled = ReplayConflicts.Kinds(status.KnownVersion).ToDictionary(kind => kind, kind => book.GrownSince(node.Name, kind, now - ConflictJudge.Window));
            var finding = ConflictJudge.Judge(node.Name, cancelled, status.KnownVersion);
            board.Record(new(node.Name, "replay conflicts", ConflictJudge.Words(cancelled), finding is null, now));
            if (finding is not null)
                findings.Add(finding);
        }

        return findings;
    }

    /// <summary>A mirror that can't be asked now (gone, no hot standby, no way for SQL) is judged by what is on record; that it is gone others tell.</summary>
    private async Task NoteAsync(Node node, int version, CancellationToken cancellationToken)
    {
        if (version < ReplayConflicts.Since)
            return;
        try
        {
            await using var connection = await connector.OpenAsync(node, cancellationToken);
            foreach (var (kind, count) in await ReplayConflicts.ReadAsync(connection, version, cancellationToken))
                book.Note(node.Name, kind, count, time.GetUtcNow());
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException)
        {
            return;
        }
    }
}
