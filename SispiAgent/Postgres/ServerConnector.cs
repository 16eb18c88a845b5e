using Npgsql;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Platform;

namespace SispiAgent.Postgres;

/// <summary>
/// Opens connections for looking: unpooled (a pooled one proves nothing about new ones), with limits, named <c>sispi-agent</c>; by
/// the unix socket on the own host, over TCP elsewhere. Where it is known that nobody is let in, it only knocks.
/// </summary>
internal sealed class ServerConnector(CurrentSite site, LiveOptions<PostgresOptions> options, Refusals refusals)
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
    /// <exception cref="NpgsqlException">
    /// The server could not be reached or refused; see the table of reasons in the liveness judgement. A standby without hot standby refuses
    /// with 57P03, whether or not it was tried.
    /// </exception>
    public async Task<NpgsqlConnection> OpenAsync(Node node, CancellationToken cancellationToken, string? database = null)
    {
        var settings = ConnectionString(node, database);
        var isSpared = LetsNobodyIn(node);
        try
        {
            if (isSpared)
            {
                await Knock.AtAsync(settings.Host!, settings.Port, options.Current.ConnectTimeout, cancellationToken);
                throw new PostgresException("it answers on its port and lets nobody in; no connection was tried, since each is logged there", "FATAL", "FATAL", PostgresErrorCodes.CannotConnectNow);
            }

            var connection = await OpenAsync(settings, cancellationToken);
            refusals.Forget(node);
            return connection;
        }
        catch (NpgsqlException e)
        {
            if (e.SqlState != PostgresErrorCodes.CannotConnectNow)
                refusals.Forget(node);
            else if (!isSpared)
                refusals.Note(node);
            throw;
        }
    }

    private static async Task<NpgsqlConnection> OpenAsync(NpgsqlConnectionStringBuilder settings, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(settings.ToString());
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

    /// <summary>On the own host <c>postmaster.pid</c> says it from 10 on; elsewhere, and before 10, what the last tries came to.</summary>
    private bool LetsNobodyIn(Node node)
    {
        if (node != site.Value.Self || node.Kind is not NodeKind.Database)
            return refusals.IsBelieved(node);
        try
        {
            return PostmasterPidFile.Read(node.DataDirectory) switch
            {
                null => false,
                { Status: { } status } => status == PostmasterPidFile.WarmStandby,
                _ => refusals.IsBelieved(node),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // the evidence's reader tells
        }
    }
}
