using SispiAgent.Postgres;

namespace SispiAgent.Conformance;

/// <summary>What one server's configuration is.</summary>
/// <param name="Version">Its version as <c>server_version_num</c> has it; read from files, without the minor.</param>
/// <param name="Values">Values and units by name.</param>
/// <param name="Access">The rules of its <c>pg_hba.conf</c>; <see langword="null"/> if the file can't be read from here.</param>
/// <param name="Source">Where that was read: the running server, or its files.</param>
internal sealed record ServerSettings(int Version, IReadOnlyDictionary<string, (string Value, string? Unit)> Values, IReadOnlyList<AccessRule>? Access, string Source);
