using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Polly;
using Polly.Retry;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Processes;

namespace SispiAgent.Peers;

/// <summary>The other agents' facts: asked over ssh on the schedule <c>Peers</c> and on suspicion, remembered in between.</summary>
internal sealed class PeerBook(PeerShell shell, LiveOptions<PeersOptions> options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, PeerAnswer> _answers = new();

    /// <summary>One lost packet must not look like a silent peer.</summary>
    private static readonly ResiliencePipeline<string> OnceMore = new ResiliencePipelineBuilder<string>()
        .AddRetry(new RetryStrategyOptions<string> { ShouldHandle = new PredicateBuilder<string>().Handle<PeerSilentException>(silent => silent.IsWorthAnother), MaxRetryAttempts = 1, Delay = TimeSpan.FromMilliseconds(300) })
        .Build();

    /// <summary>What is known of a peer without asking.</summary>
    public PeerAnswer Latest(Node node) => _answers.GetValueOrDefault(node.Name) ?? new PeerAnswer(node.Name, null, null, 0, "it has not been asked yet");

    /// <summary>Asks a peer now. Never throws for a peer that does not answer.</summary>
    public async Task<PeerAnswer> AskAsync(Node node, CancellationToken cancellationToken)
    {
        try
        {
            var text = await OnceMore.ExecuteAsync(async token => await shell.RunAsync(node, "facts", null, null, token), cancellationToken);
            var facts = PeerFactsFile.Read(text);
            return Keep(node, facts, Staleness(facts, time.GetUtcNow(), options.Current.FreshWithin));
        }
        catch (PeerSilentException e)
        {
            return Keep(node, null, e.Why);
        }
        catch (ToolFailedException e)
        {
            return Keep(node, null, string.Join(' ', e.Result.ErrorTail.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));
        }
        catch (JsonException e)
        {
            return Keep(node, null, e.Message);
        }
    }

    /// <summary>Why facts are no fresh answer; <see langword="null"/> if they are one.</summary>
    internal static string? Staleness(PeerFacts facts, DateTimeOffset now, TimeSpan freshWithin) => (now - facts.ObservedAt) switch
    {
        var age when age > freshWithin => string.Create(CultureInfo.InvariantCulture, $"its facts are of {facts.ObservedAt:yyyy-MM-dd HH:mm:ss} UTC: its agent does not run or hangs, or its clock is slow"),
        var age when -age > freshWithin => string.Create(CultureInfo.InvariantCulture, $"its facts are of {facts.ObservedAt:yyyy-MM-dd HH:mm:ss} UTC, and here it is {now:HH:mm:ss}: one of the two clocks is wrong"),
        _ => null,
    };

    /// <summary>Remembers what asking a peer came to.</summary>
    internal PeerAnswer Keep(Node node, PeerFacts? facts, string? problem) => _answers.AddOrUpdate(
        node.Name,
        _ => new PeerAnswer(node.Name, facts, problem is null ? time.GetUtcNow() : null, problem is null ? 0 : 1, problem),
        (_, before) => problem is null
            ? new PeerAnswer(node.Name, facts, time.GetUtcNow(), 0, null)
            : before with { Facts = facts ?? before.Facts, SilentRounds = before.SilentRounds + 1, Problem = problem });
}
