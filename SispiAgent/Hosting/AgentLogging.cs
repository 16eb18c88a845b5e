using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Serilog;
using Serilog.Events;

namespace SispiAgent.Hosting;

/// <summary>Logs through Serilog: the running agent as section <c>Serilog</c> says, a verb only its warnings, to standard error.</summary>
internal static class AgentLogging
{
    /// <summary>Adds the running agent's log.</summary>
    public static void AddAgentLog(this IServiceCollection services, string configurationFile)
    {
        var configuration = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(configurationFile), optional: false).AddEnvironmentVariables().Build();
        Serilog.Debugging.SelfLog.Enable(Console.Error);
        services.AddSerilog(logger => Quiet(logger).ReadFrom.Configuration(configuration));
    }

    /// <summary>Adds a verb's log: the agent's file belongs to the running agent (two writers would overwrite each other).</summary>
    public static void AddVerbLog(this IServiceCollection services) => services.AddSerilog(logger => Quiet(logger)
        .WriteTo.Console(LogEventLevel.Warning, standardErrorFromLevel: LogEventLevel.Verbose, formatProvider: System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Libraries that log each try, with a stack trace, are asked for their errors only.</summary>
    private static LoggerConfiguration Quiet(LoggerConfiguration logger) => logger
        .MinimumLevel.Override("Quartz", LogEventLevel.Warning).MinimumLevel.Override("Polly", LogEventLevel.Error)
        .MinimumLevel.Override("Npgsql", LogEventLevel.Fatal).MinimumLevel.Override("Microsoft", LogEventLevel.Warning);
}
