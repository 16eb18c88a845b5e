using Npgsql;
using SispiAgent.Postgres;

namespace SispiAgent.Room;

/// <summary>A connection to this host's own server, and what it is.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="Version">As <c>server_version_num</c> has it.</param>
/// <param name="Role">Primary or hot standby.</param>
internal sealed record OwnConnection(NpgsqlConnection Connection, int Version, ServerRole Role) : IAsyncDisposable
{
    /// <summary>Every row of a query.</summary>
    public Task<IReadOnlyList<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken) => SqlRows.ReadAsync(Connection, sql, read, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
