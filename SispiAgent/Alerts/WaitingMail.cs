using SispiAgent.Findings;

namespace SispiAgent.Alerts;

/// <summary>Something posted: a notice, or a letter.</summary>
/// <param name="Id">Its row.</param>
/// <param name="At">When it was posted, UTC.</param>
/// <param name="Notice">The notice, or <see langword="null"/>.</param>
/// <param name="Letter">The letter, or <see langword="null"/>.</param>
internal sealed record Posted(long Id, DateTimeOffset At, Notice? Notice, Letter? Letter);

/// <summary>A mail that waits to be taken by a mail server.</summary>
/// <param name="Id">Its row; part of its Message-Id.</param>
/// <param name="BoundAt">When it was bound, UTC.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="NextTry">When it is due, UTC.</param>
/// <param name="Problem">Why the last try failed.</param>
/// <param name="IsSetAside">Whether it was refused for good or for days: it is tried seldom, and when the configuration changes.</param>
/// <param name="Content">What it holds.</param>
internal sealed record WaitingMail(long Id, DateTimeOffset BoundAt, int Attempts, DateTimeOffset NextTry, string? Problem, bool IsSetAside, IReadOnlyList<Posted> Content)
{
    /// <summary>Who is still to get it, when others have it; <see langword="null"/>: every recipient of the configuration.</summary>
    public IReadOnlyList<string>? Recipients { get; init; }
}
