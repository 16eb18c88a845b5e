using SispiAgent.Configuration;
using SispiAgent.Platform;

namespace SispiAgent.Cluster;

/// <summary>The site of the configuration in force. Read <see cref="Value"/> at each use, so that an edit takes effect.</summary>
internal sealed class CurrentSite(LiveConfiguration configuration)
{
    private (ConfigurationSnapshot Snapshot, Site Site)? _cached;

    /// <summary>The site as it is now.</summary>
    public Site Value
    {
        get
        {
            var snapshot = configuration.Current;
            if (_cached is { } cached && ReferenceEquals(cached.Snapshot, snapshot))
                return cached.Site;

            var site = Site.From(snapshot.Get<ClusterOptions>(), snapshot.Get<AgentOptions>().Node);
            _cached = (snapshot, site);
            return site;
        }
    }
}
