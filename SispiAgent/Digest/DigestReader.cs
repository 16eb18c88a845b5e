using SispiAgent.Alerts;
using SispiAgent.BackupSets;
using SispiAgent.Cluster;
using SispiAgent.Conformance;
using SispiAgent.History;
using SispiAgent.Peers;
using SispiAgent.Postgres;

namespace SispiAgent.Digest;

/// <summary>Gathers what a digest tells: from this host, and from what the other agents say when they are asked now.</summary>
internal sealed class DigestReader(
    CurrentSite site, ServerReader reader, PeerBook peers, AlertBook alerts, StatusBoard board, SetMarks marks, DriftBook drift, TimeProvider time)
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    /// <summary>Gathers it.</summary>
    /// <param name="nextDue">When the next one is due.</param>
    /// <param name="inAnyCase">Also if another host is to write it: somebody wants to read it here.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns><see langword="null"/> if another host writes it.</returns>
    public async Task<DigestFacts?> ReadAsync(DateTimeOffset nextDue, bool inAnyCase, CancellationToken cancellationToken)
    {
        var current = site.Value;
        var self = current.Self;
        var role = await RoleAsync(self, cancellationToken);
        Node[] asked = [.. current.Peers];
        var answers = await Task.WhenAll(asked.Select(node => peers.AskAsync(node, cancellationToken)));
        var why = DigestAuthor.Why(self, role, [.. asked.Zip(answers).Where(pair => pair.First.Kind is NodeKind.Database).Select(pair => pair.Second)]);
        if (why is null && !inAnyCase)
            return null;

        var now = time.GetUtcNow();
        PeerAnswer[] fresh = [.. answers.Where(answer => answer.IsAnswering)];
        var sets = self.BackupDirectory.Length > 0 ? Good(self) : [];
        return new(self.Name, why ?? "because somebody asked", now, nextDue)
        {
            Alerts = [.. alerts.ReadTold().Select(alert => new AlertFacts(alert.Finding.Code.Value, alert.Finding.Subject, alert.Finding.Severity.ToString(), alert.Finding.Summary, alert.FirstSeen)), .. fresh.SelectMany(answer => answer.Facts!.OpenAlerts)],
            Unasked = [.. answers.Where(answer => !answer.IsAnswering).Select(answer => (answer.Node, answer.Problem ?? "no fresh answer"))],
            Seen = DigestSeen.Join(board.ReadAll(), fresh),
            Sets = sets,
            ProvenOn = sets is [var newest, ..] ? [.. marks.ReadAll().Where(mark => mark.Set == newest.Id && mark.Node != self.Name && mark.Problem is null).Select(mark => mark.Node)] : [],
            Changes = drift.Since(now - Week),
        };
    }

    private async Task<ServerRole?> RoleAsync(Node self, CancellationToken cancellationToken)
    {
        try
        {
            return self.Kind is NodeKind.Database ? (await reader.ReadAsync(self, cancellationToken)).Role : null;
        }
        catch (AgentException)
        {
            return null; // the data directory is gone: the liveness probe tells, and the digest comes all the same
        }
    }

    private BackupSet[] Good(Node self)
    {
        var bad = marks.ReadAll().Where(mark => mark.Node == self.Name && mark.Problem is not null).Select(mark => mark.Set).ToHashSet();
        return [.. SetCatalog.Read(self.BackupDirectory).Where(set => !bad.Contains(set.Id) && !set.Manifest.IsFromFormerPrimary)];
    }
}
