using System.Collections.Concurrent;
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

    /// <summary>The last look of each probe. One that outlives its limit goes on somewhere: no second one is begun beside it.</summary>
    private readonly ConcurrentDictionary<string, Task> _looks = new();

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
        if (_looks.TryGetValue(probe.Name, out var last) && !last.IsCompleted)
            return Blind(probe, schedule, "its last look has not ended");

        using var deadline = new CancellationTokenSource(Limit, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var token = limit.Token;
        var look = Task.Run(() => probe.RunAsync(token), token); // of its own: what blocks before its first wait holds up nobody
        _looks[probe.Name] = look;
        try
        {
            var findings = await look.WaitAsync(token);
            pulse.Beat();
            return new Sweep(probe.Name, schedule, time.GetUtcNow(), findings) { Unseen = probe.Unseen };
        }
        catch (LookSuspendedException)
        {
            pulse.Beat();
            return new Sweep(probe.Name, schedule, time.GetUtcNow(), []) { IsSuspended = true };
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested) // becomes a sweep: "could not look" clears nothing
        {
            Log.ProbeFailed(logger, probe.Name, e);
            if (deadline.IsCancellationRequested)
                return Blind(probe, schedule, $"it did not end within {Limit}");
            pulse.Beat();
            return Blind(probe, schedule, e.Message);
        }
    }

    private Sweep Blind(IProbe probe, string schedule, string because) => new(probe.Name, schedule, time.GetUtcNow(), []) { BlindBecause = because };

    private static partial class Log
    {
        [LoggerMessage(EventId = 7101, Level = LogLevel.Error, Message = "Probe {Probe} could not look.")]
        public static partial void ProbeFailed(ILogger logger, string probe, Exception exception);
    }
}
