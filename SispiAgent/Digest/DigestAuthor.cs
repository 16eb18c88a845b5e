using SispiAgent.Cluster;
using SispiAgent.Peers;
using SispiAgent.Postgres;

namespace SispiAgent.Digest;

/// <summary>Which host writes the site's digest: one fact, one mail. Pure.</summary>
internal static class DigestAuthor
{
    /// <summary>
    /// The primary's agent does. Where no primary is known, the database host with the lowest name among those whose agents answer: with each
    /// host cut off from the others two digests come, each saying whom it could not ask, which is better than none.
    /// </summary>
    /// <param name="self">This host.</param>
    /// <param name="role">What this host's server is; <see langword="null"/> if unknown.</param>
    /// <param name="others">What the agents of the other database hosts say.</param>
    /// <returns>Why this host writes it, as a clause; <see langword="null"/> if it does not.</returns>
    public static string? Why(Node self, ServerRole? role, IReadOnlyList<PeerAnswer> others)
    {
        if (self.Kind is not NodeKind.Database)
            return null;
        if (role is ServerRole.Primary)
            return "which is the primary";
        PeerAnswer[] answering = [.. others.Where(answer => answer.IsAnswering)];
        if (answering.Any(answer => answer.Facts!.Server?.Role == "primary"))
            return null;
        return answering.All(answer => string.CompareOrdinal(self.Name, answer.Node) < 0)
            ? "since no primary is known" : null;
    }
}
