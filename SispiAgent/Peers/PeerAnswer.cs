namespace SispiAgent.Peers;

/// <summary>What asking a peer came to. "No answer" is a third thing, never "no".</summary>
/// <param name="Node">Who was asked.</param>
/// <param name="Facts">The newest facts; <see langword="null"/> if it never answered.</param>
/// <param name="AnsweredAt">When it last answered, UTC; <see langword="null"/> if never.</param>
/// <param name="SilentRounds">How many questions in a row went without a fresh answer; 0: the last one was answered.</param>
/// <param name="Problem">Why the last question went without a fresh answer; <see langword="null"/> when it was answered.</param>
internal sealed record PeerAnswer(string Node, PeerFacts? Facts, DateTimeOffset? AnsweredAt, int SilentRounds, string? Problem)
{
    /// <summary>Whether the last question got a fresh answer.</summary>
    public bool IsAnswering => Facts is not null && SilentRounds == 0;

    /// <summary>Whether its newest facts, fresh or not, are of a standby without hot standby that is well: it accepts no connections.</summary>
    public bool IsOfWarmStandby => Facts?.Server is { IsHealthy: true, State: "NotAccepting" };
}
