using System.Globalization;
using Npgsql;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.History;
using SispiAgent.Postgres;

namespace SispiAgent.Room;

/// <summary>Sequences and integer keys of every database of the primary.</summary>
internal sealed class KeysProbe(CurrentSite site, OwnServer server, LiveOptions<RoomOptions> options, StatusBoard board, TimeProvider time) : IProbe
{
    /// <inheritdoc/>
    public string Name => "room.keys";

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Room];

    /// <inheritdoc/>
    public IReadOnlyCollection<Unseen> Unseen { get; private set; } = [];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        Unseen = [];
        IReadOnlyList<string> databases;
        await using (var own = await server.OpenAsync(cancellationToken))
        {
            if (own is not { Role: ServerRole.Primary })
                return [];
            databases = await own.ReadAsync(KeysDialect.Databases, row => row.GetString(0), cancellationToken);
        }

        var self = site.Value.Self.Name;
        var limits = options.Current;
        List<IntegerKey> keys = [];
        List<Finding> unread = [];
        foreach (var database in databases)
        {
            try
            {
                await using var own = await server.OpenDatabaseAsync(database, cancellationToken);
                // statistics lag behind: what they show at half of the limit is looked up
                keys.AddRange(await KeysReader.ReadAsync(own, database, limits.KeysWarningPercent / 2, cancellationToken));
            }
            catch (NpgsqlException e)
            {
                await using var answering = await server.OpenAsync(cancellationToken); // else it is the server, which is told elsewhere
                unread.Add(KeysJudge.JudgeUnread(self, database, e.Message));
            }
        }

        Unseen = [.. unread.Select(finding => new Unseen(finding.Subject))];
        IReadOnlyList<Finding> findings = [.. KeysJudge.Judge(self, keys, limits), .. unread];
        var fullest = keys.MaxBy(key => key.UsedPercent);
        board.Record(new(self, "sequences and keys", fullest is null ? "none" : string.Create(CultureInfo.InvariantCulture, $"{keys.Count} in {databases.Count - unread.Count} databases, the fullest at {fullest.UsedPercent} % ({fullest.Database}: {fullest.Name})"), findings.Count == 0, time.GetUtcNow()));
        return findings;
    }
}
