using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SispiAgent.Alerts;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;

namespace SispiAgent.Hosting;

/// <summary>
/// Puts saved edits of <c>appsettings.json</c> in force. It compares the file's content every second instead of trusting notifications, which
/// miss renames, links and network disks; a bad edit changes nothing and raises an alert.
/// </summary>
internal sealed partial class ConfigurationWatcher(
    ConfigurationFile file, LiveConfiguration configuration, CurrentSite site, AlertDesk desk, TimeProvider time, ILogger<ConfigurationWatcher> logger) : BackgroundService
{
    /// <summary>The file was saved with errors; the configuration before it stays in force.</summary>
    public static readonly FindingCode InvalidEdit = new("configuration.invalid-edit");

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>Read once at the start; a change needs a restart.</summary>
    private static readonly string[] AtStartOnly = ["Agent:StateDirectory", "Agent:Node", "Serilog"];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var seen = Fingerprint();
        var isInForce = IsInForce();
        if (isInForce)
            Settle();
        var inForce = isInForce ? seen : ""; // an edit that was saved while the agent started is one
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Look, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var now = Fingerprint();
            if (now == seen && now != inForce)
            {
                inForce = now; // unchanged for one look: the editor has finished
                Apply();
            }

            seen = now;
        }
    }

    private bool IsInForce()
    {
        try
        {
            return Sections.Loader.Load(file.FilePath).Effective == configuration.Current.Effective;
        }
        catch (Exception e) when (e is ConfigurationException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void Apply()
    {
        try
        {
            var before = configuration.Current;
            var next = Sections.Loader.Load(file.FilePath);
            SiteRules.RequireSelf(file.FilePath, next);
            configuration.Replace(next);
            var changed = Changes(JsonNode.Parse(before.Effective), JsonNode.Parse(next.Effective), "").ToList();
            Log.Applied(logger, string.Join(", ", changed));
            if (changed.Any(key => AtStartOnly.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal))))
                Log.NeedsRestart(logger, string.Join(", ", AtStartOnly));
            Settle();
        }
        catch (ConfigurationException e)
        {
            Refuse(e.Errors);
        }
        catch (Exception e) // a later retry: the next edit; a full disk under agent.db must not end the agent
        {
            Log.NotNoted(logger, e);
        }
    }

    private void Refuse(IReadOnlyList<ConfigurationError> errors)
    {
        Log.Refused(logger, string.Join(" · ", errors));
        var first = errors[0].Key;
        Report(
        [
            new Finding(InvalidEdit, $"{site.Value.Self.Name}/appsettings.json", Severity.Warning, $"the edit is not valid: {first}{(errors.Count > 1 ? $" and {errors.Count - 1} more" : "")}")
            {
                State = string.Join('|', errors),
                Evidence = [file.FilePath, .. errors.Select(error => error.ToString())],
                Effect = "The configuration from before the edit is still in force. A restart of the agent would be refused.",
                Remedy = [$"Correct the keys above in {file.FilePath} and save it; it is taken within seconds.", $"Try an edit before saving it: sispi-agent config check --config {file.FilePath}"],
            },
        ]);
    }

    private void Report(IReadOnlyList<Finding> findings) => desk.Report(new Sweep("configuration.file", "", time.GetUtcNow(), findings) { IsCertain = true });

    /// <summary>All is right with the file: its alert ends, and those of nodes that are gone.</summary>
    private void Settle()
    {
        try
        {
            EndUnwatched();
            Report([]);
        }
        catch (Exception e) when (e is not AgentException) // a later retry: the next edit
        {
            Log.NotNoted(logger, e);
        }
    }

    private void EndUnwatched() => desk.EndUnwatched(subject => site.Value.Nodes.Any(node => node.Name.Equals(subject.Split('/')[0], StringComparison.OrdinalIgnoreCase)));

    private string Fingerprint()
    {
        try
        {
            return Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.FilePath)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.GetType().Name; // deleted, or being replaced
        }
    }

    /// <summary>The keys whose values differ.</summary>
    private static IEnumerable<string> Changes(JsonNode? before, JsonNode? after, string path)
    {
        if (before is JsonObject old && after is JsonObject now)
            return old.Select(member => member.Key).Union(now.Select(member => member.Key)).SelectMany(key => Changes(old[key], now[key], path.Length == 0 ? key : $"{path}:{key}"));
        return JsonNode.DeepEquals(before, after) ? [] : [path];
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1020, Level = LogLevel.Information, Message = "appsettings.json was edited and is in force. Changed: {Keys}.")]
        public static partial void Applied(ILogger logger, string keys);

        [LoggerMessage(EventId = 1021, Level = LogLevel.Error, Message = "appsettings.json was edited and is not valid; what was before stays in force. {Errors}")]
        public static partial void Refused(ILogger logger, string errors);

        [LoggerMessage(EventId = 1023, Level = LogLevel.Error, Message = "What came of an edit of appsettings.json could not be noted in agent.db.")]
        public static partial void NotNoted(ILogger logger, Exception exception);

        [LoggerMessage(EventId = 1022, Level = LogLevel.Warning, Message = "These keys take effect at the next start of the agent: {Keys}.")]
        public static partial void NeedsRestart(ILogger logger, string keys);
    }
}
