using System.Globalization;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.History;

namespace SispiAgent.Peers;

/// <summary>Asks the other agents for their facts, and whether they run the same site configuration.</summary>
internal sealed class PeersProbe(
    CurrentSite site, PeerBook book, PeerTrouble trouble, LiveConfiguration configuration, LiveOptions<PeersOptions> options, StatusBoard board, TimeProvider time) : IProbe
{
    /// <summary>A peer's agent gives no answer.</summary>
    public static readonly FindingCode Silent = new("peers.silent");

    /// <summary>A peer runs with another site configuration.</summary>
    public static readonly FindingCode ConfigurationDiffers = new("peers.configuration-differs");

    /// <summary>A peer runs another version of the agent.</summary>
    public static readonly FindingCode VersionDiffers = new("peers.version-differs");

    private readonly Dictionary<(string Node, FindingCode Code), DateTimeOffset> _differsSince = [];

    /// <inheritdoc/>
    public string Name => "peers.facts";

    /// <inheritdoc/>
    public IReadOnlyList<string> Schedules => [ScheduleKeys.Peers];

    /// <inheritdoc/>
    public IReadOnlyCollection<Unseen> Unseen { get; private set; } = [];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(site.Value.Peers.Select(async node => (Node: node, Answer: await book.AskAsync(node, cancellationToken))));
        foreach (var (node, answer) in answers)
            board.Record(new(node.Name, "agent", answer.IsAnswering ? $"answers, version {answer.Facts!.AgentVersion}" : $"silent: {answer.Problem}", answer.IsAnswering, time.GetUtcNow()));

        List<Finding> findings = [];
        foreach (var (node, answer) in answers)
        {
            if (IsSilent(node) && IsMine(site.Value, node.Name, IsSilent))
                findings.Add(Silence(node, answer, await trouble.RemedyAsync(node, cancellationToken)));
            findings.AddRange(Differences(node, answer));
        }

        // after a start of this agent the rounds and the day are counted anew: what was told before is not over for that
        Unseen =
        [
            .. answers.Where(one => !one.Answer.IsAnswering && !IsSilent(one.Node)).Select(one => new Unseen(one.Node.Name)),
            .. _differsSince.Keys.Where(key => !findings.Any(finding => finding.Subject == key.Node && finding.Code == key.Code)).Select(key => new Unseen(key.Node, key.Code)),
        ];
        return findings;
    }

    /// <summary>
    /// Who speaks of a silent agent: one host for each, so that one fact is one mail. It is the first host in the configuration that has an
    /// agent and is not the silent one; if that one is silent too, the next.
    /// </summary>
    internal static bool IsMine(Site site, string silent, Func<Node, bool> isSilent) =>
        site.Nodes.First(node => node.HasAgent && node.Name != silent && (node == site.Self || !isSilent(node))) == site.Self;

    /// <summary>Who compares: the first host with an agent that is not silent compares all others with itself, and nobody else does.</summary>
    internal static bool Compares(Site site, Func<Node, bool> isSilent) => site.Nodes.First(node => node.HasAgent && (node == site.Self || !isSilent(node))) == site.Self;

    private bool IsSilent(Node node) => book.Latest(node).SilentRounds >= options.Current.SilentRounds;

    private Finding Silence(Node node, PeerAnswer answer, string remedy) => new(Silent, node.Name, Severity.Warning, "the agent gives no answer")
    {
        Evidence = [$"asked {answer.SilentRounds} times from {site.Value.Self.Name}", $"came back: {answer.Problem}", answer.AnsweredAt is { } at ? string.Create(CultureInfo.InvariantCulture, $"last answer: {at:yyyy-MM-dd HH:mm} UTC") : "it has never answered"],
        Effect = $"Nobody watches {node.Name} from within; what is wrong there may be mailed late or not at all.",
        Remedy = [remedy, $"Then, from {site.Value.Self.Name}: sispi-agent peer check"],
    };

    private IEnumerable<Finding> Differences(Node node, PeerAnswer answer)
    {
        // a peer that has fallen silent still runs with what it last said: silence must not look like an end of the difference
        var differences = answer.Facts is not null
            ? [
                (ConfigurationDiffers, answer.Facts.ConfigurationHash != configuration.Current.Hash, "it runs with another appsettings.json than this host", "Copy the newer appsettings.json to all hosts; the section Agent may differ."),
                (VersionDiffers, answer.Facts.AgentVersion != AgentVersion.Text, $"it runs version {answer.Facts.AgentVersion}, this host {AgentVersion.Text}", "Install the same version on all hosts: deploy/install.sh"),
              ]
            : Array.Empty<(FindingCode Code, bool Differs, string What, string Remedy)>();
        var now = time.GetUtcNow();
        foreach (var (code, differs, what, remedy) in differences)
        {
            if (!differs)
            {
                _differsSince.Remove((node.Name, code));
                continue;
            }

            _differsSince.TryAdd((node.Name, code), now);
            if (now - _differsSince[(node.Name, code)] >= options.Current.DifferWithin && Compares(site.Value, IsSilent))
                yield return new Finding(code, node.Name, Severity.Warning, what) { Effect = "The hosts may judge and act differently.", Remedy = [remedy] };
        }
    }
}
