using System.Net;
using System.Text.Json.Serialization;

namespace SispiAgent.Postgres;

/// <summary>A connection that somebody wants to make.</summary>
/// <param name="Client">From where; <see langword="null"/>: by the unix socket.</param>
/// <param name="Database">To which database; empty for physical replication, which goes to none.</param>
/// <param name="User">As whom.</param>
internal sealed record AccessRequest(IPAddress? Client, string Database, string User)
{
    /// <summary>Whether it is physical replication: only the keyword <c>replication</c> matches that, never <c>all</c>.</summary>
    public bool IsReplication { get; init; }

    /// <summary>Whether it is encrypted by SSL.</summary>
    public bool IsEncrypted { get; init; }
}

/// <summary>What the rules of <c>pg_hba.conf</c> lead to and don't hold themselves. <see langword="null"/> as an answer: not known.</summary>
/// <param name="IsMember">Whether a user is a member of a role, by whatever way, or that role itself.</param>
/// <param name="OwnNetworks">The networks that the server's host is in, with its own address in each; <see langword="null"/>: not known.</param>
/// <param name="IsNamed">Whether a host name, or a <c>.suffix</c>, is an address's.</param>
internal sealed record AccessSurroundings(Func<string, string, bool?> IsMember, IReadOnlyList<OwnNetwork>? OwnNetworks, Func<string, IPAddress, bool?> IsNamed)
{
    /// <summary>Nothing is known.</summary>
    public static AccessSurroundings Unknown { get; } = new((_, _) => null, null, (_, _) => null);
}

/// <summary>A network of the server's host: <c>samenet</c>, and its own address there: <c>samehost</c>.</summary>
/// <param name="Address">The host's address.</param>
/// <param name="Length">The network's length.</param>
internal sealed record OwnNetwork(string Address, int Length)
{
    /// <summary>The whole network.</summary>
    [JsonIgnore]
    public IPNetwork? Network => AccessAddress.Network($"{Address}/{Length}", "");
}
