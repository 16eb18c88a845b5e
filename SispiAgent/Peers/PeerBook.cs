using SispiAgent.Cluster;

namespace SispiAgent.Peers;

/// <summary>The other agents' facts: asked over ssh on the schedule <c>Peers</c> and on suspicion, remembered in between.</summary>
internal sealed class PeerBook
{
    /// <summary>What is known of a peer without asking.</summary>
    public PeerAnswer Latest(Node node) => throw new NotImplementedException();

    /// <summary>Asks a peer now. Never throws for a peer that does not answer.</summary>
    public Task<PeerAnswer> AskAsync(Node node, CancellationToken cancellationToken) => throw new NotImplementedException();
}
