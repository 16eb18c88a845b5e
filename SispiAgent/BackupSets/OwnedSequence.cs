namespace SispiAgent.BackupSets;

/// <summary>A sequence that feeds a column: owned by it, or its identity.</summary>
/// <param name="Schema">The sequence's schema.</param>
/// <param name="Name">The sequence's name.</param>
/// <param name="Column">The column for people: <c>telemetry.weather.id</c>.</param>
/// <param name="Increment">Its step; negative if it counts downwards.</param>
/// <param name="IsCyclic">Whether it begins again at its end.</param>
/// <param name="Furthest">The largest value of the column in the snapshot, the smallest if it counts downwards; <see langword="null"/> if the column is empty, no integer, or too costly to ask.</param>
internal sealed record OwnedSequence(string Schema, string Name, string Column, long Increment, bool IsCyclic, long? Furthest);
