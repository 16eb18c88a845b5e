using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Scheduling;

namespace SispiAgent.Hosting;

/// <summary>
/// Tells systemd that the agent works, only while probes really get run: a stuck agent is restarted (sd_notify(3), WATCHDOG=1).
/// Does nothing where systemd did not start it.
/// </summary>
internal sealed class Watchdog(IServiceProvider services, Pulse pulse, CurrentSite site, LiveOptions<SchedulesOptions> schedules, TimeProvider time) : BackgroundService
{
    /// <summary>How many heartbeats may go by without a look.</summary>
    private const int Patience = 4;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (services.GetService<ISystemdNotifier>() is not { IsEnabled: true } systemd
            || !long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds))
            return;

        while (!stoppingToken.IsCancellationRequested)
        {
            if (pulse.Age < Allowed())
                systemd.Notify(new ServiceState("WATCHDOG=1"));
            await Task.Delay(TimeSpan.FromMicroseconds(microseconds / 3), time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>As long as a few heartbeats, and never less than the longest look may take.</summary>
    private TimeSpan Allowed()
    {
        var now = time.GetUtcNow();
        var heartbeat = ScheduleExpression.Parse(schedules.Current.Heartbeat, site.Value.TimeZone, now).Next(now).First() - now;
        return TimeSpan.FromMinutes(4) + (heartbeat * Patience);
    }
}
