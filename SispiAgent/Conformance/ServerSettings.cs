using SispiAgent.Postgres;

namespace SispiAgent.Conformance;

/// <summary>What one server's configuration is.</summary>
/// <param name="Major">Its major version; 9 for all of 9.x.</param>
/// <param name="Values">Values and units by name.</param>
/// <param name="Access">The rules of its <c>pg_hba.conf</c>; <see langword="null"/> if the file can't be read from here.</param>
/// <param name="Source">Where that was read: the running server, or its files.</param>
internal sealed record ServerSettings(int Major, IReadOnlyDictionary<string, (string Value, string? Unit)> Values, IReadOnlyList<AccessRule>? Access, string Source);
