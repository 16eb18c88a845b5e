using System.Globalization;
using Microsoft.Extensions.Logging;
using SispiAgent.Alerts;
using SispiAgent.Cluster;
using SispiAgent.Conformance;
using SispiAgent.History;

namespace SispiAgent.Digest;

/// <summary>The digest as the schedule runs it: written by one host, remembered by all, so that a missed one is made up for.</summary>
internal sealed partial class WeeklyDigest(DigestReader reader, Outbox outbox, DriftBook drift, Measurements measurements, CurrentSite site, TimeProvider time, ILogger<WeeklyDigest> logger)
{
    private const string Quantity = "digest, by which host (1: this one)";

    /// <summary>Whether a digest of after a moment was written, here or elsewhere. Before the first firing that the agent lived to see, none was missed.</summary>
    public bool HasRunSince(DateTimeOffset firing) => measurements.Latest(site.Value.Self.Name, Quantity) is not { } last || last.At >= firing;

    /// <summary>Writes and posts it, if this host is the one. A failure is tried again at the agent's next start.</summary>
    /// <param name="nextDue">When the next one is due.</param>
    /// <param name="cancellationToken">The agent stops.</param>
    public async Task RunAsync(DateTimeOffset nextDue, CancellationToken cancellationToken)
    {
        try
        {
            var facts = await reader.ReadAsync(nextDue, inAnyCase: false, cancellationToken);
            if (facts is not null)
                Post(facts);
            measurements.Record(new Measurement(site.Value.Self.Name, Quantity, facts is null ? 0 : 1, time.GetUtcNow()));
            Log.Done(logger, facts is null ? "another host writes it" : $"written by this host, {facts.Why}");
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested) // the agent's next start tries again; readers miss it on its day
        {
            Log.Failed(logger, e);
        }
    }

    /// <summary>Puts a digest into the outbox. It tells every change of settings of the week: no mail has to tell those again.</summary>
    public void Post(DigestFacts facts)
    {
        drift.ClaimFor(string.Create(CultureInfo.InvariantCulture, $"digest.{facts.At.UtcTicks:x}"));
        outbox.Post(DigestLetter.Write(facts, site.Value.TimeZone));
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 6200, Level = LogLevel.Information, Message = "Weekly digest: {What}.")]
        public static partial void Done(ILogger logger, string what);

        [LoggerMessage(EventId = 6201, Level = LogLevel.Error, Message = "The weekly digest could not be written.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
