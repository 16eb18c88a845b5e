using System.Globalization;
using System.Text.RegularExpressions;
using SispiAgent.Configuration;
using SispiAgent.Processes;

namespace SispiAgent.Postgres;

/// <summary>The newest pg_restore of this host, as it says itself: other hosts choose by it how their dumps are compressed.</summary>
internal sealed partial class RestoreTool(LiveOptions<PostgresOptions> options, TimeProvider time)
{
    /// <summary>How long an answer holds: programs are seldom installed.</summary>
    private static readonly TimeSpan Holds = TimeSpan.FromHours(1);

    private (string Directory, DateTimeOffset At)? _asked;

    /// <summary>Its major version; <see langword="null"/>: there is none, or nobody has looked yet.</summary>
    public int? Newest { get; private set; }

    /// <summary>Looks, if the last look is old.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var directory = options.Current.BinDirectory;
        if (_asked is { } asked && asked.Directory == directory && time.GetUtcNow() - asked.At < Holds)
            return;
        int? newest = null;
        foreach (var installation in (directory.Length > 0 ? [new(directory, 0)] : PostgresInstallation.FindAll()).Where(installation => installation.Has("pg_restore")))
        {
            if (await AskAsync(installation, cancellationToken) is { } major && major > (newest ?? 0))
                newest = major;
        }

        (Newest, _asked) = (newest, (directory, time.GetUtcNow()));
    }

    private static async Task<int?> AskAsync(PostgresInstallation installation, CancellationToken cancellationToken)
    {
        try
        {
            var said = await ToolRunner.RunAsync(new ToolCommand(installation.Program("pg_restore"), ["--version"]) { Timeout = TimeSpan.FromSeconds(5) }, cancellationToken);
            return said.ExitCode == 0 && Number().Match(said.Output) is { Success: true } match ? int.Parse(match.Value, CultureInfo.InvariantCulture) : null;
        }
        catch (AgentException)
        {
            return null; // one that does not even say its version reads no dump
        }
    }

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
