using SispiAgent.History;

namespace SispiAgent.Replication;

/// <summary>Whether a WAL receiver that is there has received nothing while its primary went on. A title is no proof of life: both ends are compared over time. Pure.</summary>
internal static class Stall
{
    /// <summary>So much WAL must the primary have written, with none received here, before that is called a stall: less may be on its way.</summary>
    public const long Bytes = 16 << 20;

    /// <summary>How far the primary was ahead when it was last heard of, if nothing was received here in the meantime.</summary>
    /// <param name="received">What was received here, oldest first.</param>
    /// <param name="written">What the primary wrote, as seen from here.</param>
    /// <param name="receiverSince">Since when it is this receiver: what an earlier one did not receive is not its fault.</param>
    public static long Unreceived(IReadOnlyList<Measurement> received, IReadOnlyList<Measurement> written, DateTimeOffset receiverSince)
    {
        if (received.Count == 0)
            return 0;
        var still = received.Reverse().TakeWhile(one => one.Value == received[^1].Value).Last().At;
        // a position that the primary told before that may well be here already
        return written is [.., var last] && last.At >= still && last.At >= receiverSince ? Math.Max(0, last.Value - received[^1].Value) : 0;
    }
}
