using Microsoft.Extensions.Logging;
using SispiAgent.Alerts;
using SispiAgent.Configuration;
using SispiAgent.Findings;

namespace SispiAgent.Scheduling;

/// <summary>Runs a probe, turns whatever comes of it into a sweep, and looks again before anybody is told.</summary>
internal sealed partial class ProbeRunner(AlertDesk desk, Pulse pulse, LiveOptions<AlertsOptions> options, TimeProvider time, ILogger<ProbeRunner> logger)
{
    /// <summary>No look takes longer: every wait inside one has a limit of its own, so this catches what nobody thought of.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Runs it.</summary>
    /// <param name="probe">The probe.</param>
    /// <param name="schedule">The schedule key that fired.</param>
    /// <param name="cancellationToken">The agent stops: nothing is reported.</param>
    public async Task RunAsync(IProbe probe, string schedule, CancellationToken cancellationToken)
    {
        if (!desk.Report(await LookAsync(probe, schedule, cancellationToken)))
            return;
        await Task.Delay(options.Current.SecondLookAfter, time, cancellationToken);
        desk.Report(await LookAsync(probe, schedule, cancellationToken));
    }

    private async Task<Sweep> LookAsync(IProbe probe, string schedule, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            var findings = await probe.RunAsync(limit.Token).WaitAsync(limit.Token);
            return new Sweep(probe.Name, schedule, time.GetUtcNow(), findings);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested) // becomes a sweep: "could not look" clears nothing
        {
            Log.ProbeFailed(logger, probe.Name, e);
            return new Sweep(probe.Name, schedule, time.GetUtcNow(), []) { BlindBecause = e is OperationCanceledException ? $"it did not end within {Limit}" : e.Message };
        }
        finally
        {
            pulse.Beat();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 7101, Level = LogLevel.Error, Message = "Probe {Probe} could not look.")]
        public static partial void ProbeFailed(ILogger logger, string probe, Exception exception);
    }
}
