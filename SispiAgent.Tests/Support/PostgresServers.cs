using System.Collections.Concurrent;
using SispiAgent.Demo;
using SispiAgent.Postgres;

namespace SispiAgent.Tests.Support;

/// <summary>Real servers for tests, copied from one template a run, which is much quicker than initdb each time.</summary>
internal static class PostgresServers
{
    private static readonly TempFolder Templates = UntilTheEnd();
    private static readonly ConcurrentDictionary<string, Lazy<Task<ScratchServer>>> Stopped = new();
    private static readonly Lazy<Task<ScratchServer>> Sample = new(LoadSampleAsync);
    private static int _count;

    /// <summary>A running primary of the machine's own PostgreSQL.</summary>
    public static Task<ScratchServer> StartPrimaryAsync(params (string Key, string Value)[] settings) => StartPrimaryAsync(Requires.Postgres(), settings);

    /// <summary>A running primary of a given installation.</summary>
    public static async Task<ScratchServer> StartPrimaryAsync(PostgresInstallation installation, params (string Key, string Value)[] settings)
    {
        var primary = await StoppedAsync(installation);
        primary.Set(settings);
        await primary.StartAsync(default);
        return primary;
    }

    /// <summary>A running primary of the machine's own PostgreSQL that holds the sample, which is loaded once a run.</summary>
    public static async Task<ScratchServer> StartSampleAsync()
    {
        Requires.Postgres();
        var primary = await (await Sample.Value).CopyAsync(NewFolder(), Ports.Next(), default);
        await primary.StartAsync(default);
        return primary;
    }

    /// <summary>A running primary and a running standby of it.</summary>
    public static async Task<(ScratchServer Primary, ScratchServer Standby)> StartPairAsync(
        PostgresInstallation installation, bool hotStandby = true, string standbyName = "server3", params (string Key, string Value)[] settings)
    {
        var primary = await StoppedAsync(installation);
        primary.Set(settings);
        var standby = await primary.CopyAsync(NewFolder(), Ports.Next(), default);
        standby.Follow(primary, hotStandby, standbyName);
        await primary.StartAsync(default);
        await standby.StartAsync(default);
        return (primary, standby);
    }

    /// <summary>A server made from the template, not started; the caller disposes it.</summary>
    public static async Task<ScratchServer> StoppedAsync(PostgresInstallation installation)
    {
        var template = await Stopped.GetOrAdd(installation.BinDirectory, _ => new(() =>
            ScratchServer.CreateAsync(installation, Templates[$"t{Interlocked.Increment(ref _count)}"], 1, default))).Value;
        return await template.CopyAsync(NewFolder(), Ports.Next(), default);
    }

    /// <summary>A folder for one more server; it does not exist yet.</summary>
    public static string NewFolder() => Templates[$"s{Interlocked.Increment(ref _count)}"];

    private static async Task<ScratchServer> LoadSampleAsync()
    {
        var template = await StoppedAsync(Requires.Postgres());
        await template.StartAsync(default);
        try
        {
            await SampleDatabase.LoadAsync(template, default);
        }
        finally
        {
            await template.StopAsync();
        }

        return template;
    }

    /// <summary>Not until NUnit tears something down: it has done so before a test that may not run beside others.</summary>
    private static TempFolder UntilTheEnd()
    {
        var folder = new TempFolder();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        return folder;
    }
}
