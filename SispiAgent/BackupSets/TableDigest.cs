namespace SispiAgent.BackupSets;

/// <summary>What a table's rows are, in two short values.</summary>
/// <param name="Rows">How many.</param>
/// <param name="Digest">Their digest, by <see cref="DigestQuery"/>; <see langword="null"/> where the server could not make it: a row is too long for it.</param>
internal sealed record TableDigest(long Rows, string? Digest);
