using Microsoft.Data.Sqlite;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.Platform;

namespace SispiAgent.Alerts;

/// <summary>Takes what probes and pipelines found, keeps the alert book and puts notices into the outbox, all in one transaction.</summary>
internal sealed class AlertDesk(AgentDatabase database, Outbox outbox, CurrentSite site, LiveOptions<AlertsOptions> options, TimeProvider time)
{
    /// <summary>A probe could not look: what it watches is not known.</summary>
    public static readonly FindingCode ProbeBlind = new("agent.probe-blind");

    /// <summary>Takes a sweep in.</summary>
    /// <returns>Whether a second look is wanted before anything is mailed.</returns>
    public bool Report(Sweep sweep)
    {
        if (sweep.IsSuspended)
            return false;

        using var connection = database.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        var wantsSecondLook = false;
        if (sweep.BlindBecause is null)
            wantsSecondLook |= Take(connection, sweep);
        wantsSecondLook |= Take(connection, Blindness(sweep));
        transaction.Commit();
        outbox.Wake();
        return wantsSecondLook;
    }

    /// <summary>Ends the alerts of subjects that are no longer configured.</summary>
    /// <param name="isWatched">Whether a subject (a node's name, or <c>node/object</c>) still is.</param>
    public void EndUnwatched(Func<string, bool> isWatched)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        foreach (var alert in AlertBook.Read(connection, null).Where(alert => !isWatched(alert.Finding.Subject)))
        {
            AlertBook.Remove(connection, alert);
            Post(connection, AlertPolicy.Ended(alert, time.GetUtcNow(), "no longer watched"));
        }

        transaction.Commit();
        outbox.Wake();
    }

    /// <summary>That a probe is blind is a finding of its own, with a life of its own.</summary>
    private Sweep Blindness(Sweep sweep) => sweep with
    {
        Probe = $"{sweep.Probe}#blind",
        BlindBecause = null,
        Findings = sweep.BlindBecause is not { } because ? [] :
        [
            new Finding(ProbeBlind, $"{site.Value.Self.Name}/{sweep.Probe}", Severity.Warning, $"{sweep.Probe} could not look")
            {
                Evidence = [because],
                Effect = "What this probe watches is not known at present. Its open alerts stay open; new trouble would not be seen.",
                Remedy = ["Mend what is named above; the agent looks again by itself.", "See what it did last: sispi-agent status"],
            },
        ],
    };

    private bool Take(SqliteConnection connection, Sweep sweep)
    {
        var known = AlertBook.Read(connection, sweep.Probe).ToDictionary(alert => alert.Key);
        var wantsSecondLook = false;
        foreach (var finding in sweep.Findings.GroupBy(finding => Alert.KeyOf(sweep.Probe, finding)).Select(same => same.MaxBy(finding => finding.Severity)!))
        {
            var (next, notice) = AlertPolicy.Seen(known.GetValueOrDefault(Alert.KeyOf(sweep.Probe, finding)), finding, sweep, options.Current);
            known.Remove(next.Key);
            AlertBook.Write(connection, next);
            Post(connection, notice);
            wantsSecondLook |= AlertPolicy.WantsSecondLook(next, sweep);
        }

        foreach (var gone in known.Values.Where(alert => !sweep.Unseen.Any(unseen => unseen.Covers(alert.Finding))))
        {
            var (next, notice) = AlertPolicy.Gone(gone, sweep.At);
            if (next is null)
                AlertBook.Remove(connection, gone);
            else if (next != gone)
                AlertBook.Write(connection, next);
            Post(connection, notice);
        }

        return wantsSecondLook;
    }

    private void Post(SqliteConnection connection, Notice? notice)
    {
        if (notice is not null)
            Outbox.Post(connection, notice, time.GetUtcNow());
    }
}
