using Npgsql;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Platform;

namespace SispiAgent.Postgres;

/// <summary>
/// Opens connections for looking: unpooled (a pooled one proves nothing about new ones), with limits, named <c>sispi-agent</c>; by
/// the unix socket on the own host, over TCP elsewhere.
/// </summary>
internal sealed class ServerConnector(CurrentSite site, LiveOptions<PostgresOptions> options)
{
    /// <summary>The connection string for a node and a database, without a password (it comes from the pass file).</summary>
    public NpgsqlConnectionStringBuilder ConnectionString(Node node, string? database = null)
    {
        var settings = options.Current;
        var local = node == site.Value.Self;
        var builder = new NpgsqlConnectionStringBuilder
        {
            // the types of the database are never asked for: it needs none, and Npgsql can't load one whose schema is called "."
            ["Server Compatibility Mode"] = "NoTypeLoading",
            Host = local && node.SocketDirectory.Length > 0 ? node.SocketDirectory : node.Address,
            Port = node.Port,
            Username = local ? settings.LocalUser : settings.RemoteUser,
            Database = database ?? settings.Database,
            ApplicationName = "sispi-agent",
            Pooling = false,
            Timeout = (int)settings.ConnectTimeout.TotalSeconds,
            CommandTimeout = (int)settings.CommandTimeout.TotalSeconds,
            CancellationTimeout = 1000,
        };
        if (PassFileProblem() is not null)
            builder.Passfile = "/dev/null"; // as libpq: a password that others could read is none
        else if (settings.PassFile.Length > 0)
            builder.Passfile = settings.PassFile;
        return builder;
    }

    /// <summary>Why the pass file gives no password; <see langword="null"/> if nothing is wrong with it.</summary>
    public string? PassFileProblem() => PassFile.Problem(options.Current.PassFile);

    /// <summary>Opens a connection; the caller disposes it.</summary>
    /// <exception cref="NpgsqlException">The server could not be reached or refused; see the table of reasons in the liveness judgement.</exception>
    public async Task<NpgsqlConnection> OpenAsync(Node node, CancellationToken cancellationToken, string? database = null)
    {
        var connection = new NpgsqlConnection(ConnectionString(node, database).ToString());
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
