namespace SispiAgent.Room;

/// <summary>How old a database's oldest ids are.</summary>
/// <param name="Database">The database.</param>
/// <param name="Transactions">Transactions since its oldest unfrozen one.</param>
/// <param name="Multixacts">The same of multixacts; <see langword="null"/> before 9.5, which has no function for it.</param>
internal sealed record DatabaseAge(string Database, long Transactions, long? Multixacts);
