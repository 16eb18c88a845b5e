namespace SispiAgent.Room;

/// <summary>Who holds connections.</summary>
/// <param name="User">The role.</param>
/// <param name="Application">The program's name for itself.</param>
/// <param name="Client">Its address, or <c>local</c>.</param>
/// <param name="Count">How many.</param>
/// <param name="Idle">How many of them do nothing.</param>
internal sealed record ConnectionHolder(string User, string Application, string Client, long Count, long Idle);
