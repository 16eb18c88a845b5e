using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.Platform;
using SispiAgent.Scheduling;

namespace SispiAgent.Hosting;

/// <summary>One block in the log at each start: what runs where, with what, and when it acts next.</summary>
internal static partial class StartupReport
{
    /// <summary>Writes it.</summary>
    public static void Write(IServiceProvider services)
    {
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("SispiAgent.Hosting.StartupReport");
        var site = services.GetRequiredService<CurrentSite>().Value;
        var file = services.GetRequiredService<ConfigurationFile>().FilePath;
        Log.Started(logger, AgentVersion.Text, RuntimeInformation.OSDescription, Environment.UserName, site.Self.Name, file, services.GetRequiredService<AgentPaths>().StateDirectory);

        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        foreach (var (key, text) in services.GetRequiredService<LiveOptions<SchedulesOptions>>().Current.All())
            Log.Next(logger, key, text, Durations.SiteTime(ScheduleExpression.Parse(text, site.TimeZone, now).Next(now).First(), site.TimeZone));
    }

    /// <summary>Ends the log, whatever it still holds.</summary>
    public static ValueTask CloseLogAsync() => Serilog.Log.CloseAndFlushAsync();

    private static partial class Log
    {
        [LoggerMessage(EventId = 1001, Level = LogLevel.Information, Message = "SispiAgent {Version} on {System} as {User}, node {Node}, configuration {File}, state {State}.")]
        public static partial void Started(ILogger logger, string version, string system, string user, string node, string file, string state);

        [LoggerMessage(EventId = 1002, Level = LogLevel.Information, Message = "Schedule {Key} ({Expression}): next {Next}.")]
        public static partial void Next(ILogger logger, string key, string expression, string next);
    }
}
