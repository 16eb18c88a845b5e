using SispiAgent.History;
using SispiAgent.Peers;

namespace SispiAgent.Digest;

/// <summary>Puts together what several agents saw. Pure.</summary>
internal static class DigestSeen
{
    /// <summary>
    /// What this host's agent saw, and what each other one saw of its own host; of one thing that both tell, what was seen last. The runway of a standby, and all
    /// of a mirror, only the primary sees; what a host told of another while it was the primary grows old.
    /// </summary>
    public static IReadOnlyList<Observation> Join(IEnumerable<Observation> own, IEnumerable<PeerAnswer> answers) =>
    [
        .. own.Concat(answers.SelectMany(answer => answer.Facts!.Seen.Where(seen => seen.Subject == answer.Node).Select(seen => new Observation(seen.Subject, seen.Topic, seen.Text, seen.IsWell, seen.At))))
            .GroupBy(seen => (seen.Subject, seen.Topic)).Select(same => same.MaxBy(seen => seen.At)!),
    ];
}
