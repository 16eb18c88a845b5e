using System.Net.Sockets;
using Npgsql;

namespace SispiAgent.Postgres;

/// <summary>
/// Names what a failed connection means, by SqlState and exception types. Never by text: servers speak their <c>lc_messages</c>.
/// SqlStates: PostgreSQL manual, appendix A.
/// </summary>
internal static class ReachJudge
{
    /// <summary>What a failure to connect, or to be answered, means.</summary>
    public static Reach Judge(Exception failure) => failure switch
    {
        PostgresException server => server.SqlState switch
        {
            PostgresErrorCodes.CannotConnectNow => Reach.NotAccepting,
            PostgresErrorCodes.TooManyConnections => Reach.Full,
            PostgresErrorCodes.InvalidPassword => Reach.BadCredentials,
            PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InvalidCatalogName => Reach.AccessRefused,
            // it went down while we were asking: the next look says which way
            PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown => Reach.NotAccepting,
            _ => Reach.Failing,
        },
        NpgsqlException { InnerException: SocketException socket } => Judge(socket.SocketErrorCode),
        // the same for a SYN that nobody answered and for a frozen server: ServerReader tells them apart by connecting once more
        NpgsqlException { InnerException: TimeoutException } => Reach.NotAnswering,
        NpgsqlException { InnerException: EndOfStreamException } => Reach.NotPostgres,
        NpgsqlException { InnerException: IOException { InnerException: SocketException socket } } => Judge(socket.SocketErrorCode),
        // also "no password given": ServerReader tells them apart by giving one
        NpgsqlException { InnerException: null } => Reach.NotPostgres,
        TimeoutException or OperationCanceledException => Reach.NotAnswering,
        SocketException socket => Judge(socket.SocketErrorCode),
        AgentException => Reach.BadCredentials, // the pass file
        _ => Reach.Failing,
    };

    private static Reach Judge(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => Reach.Refusing,
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkDown or SocketError.HostDown or SocketError.TimedOut => Reach.Unreachable,
        SocketError.TryAgain or SocketError.HostNotFound or SocketError.NoData => Reach.UnknownHost,
        SocketError.AddressNotAvailable => Reach.Refusing,
        SocketError.ConnectionReset or SocketError.Shutdown => Reach.NotPostgres,
        _ => Reach.Unreachable,
    };
}
