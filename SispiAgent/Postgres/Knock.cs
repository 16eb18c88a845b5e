using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;

namespace SispiAgent.Postgres;

/// <summary>
/// Asks whether PostgreSQL answers on its port, without a line in its log: a request for TLS, after which the connection is closed. A
/// server that lets nobody in answers it like any other (manual, "Message Flow", SSL session encryption). A bare connection would be
/// "incomplete startup packet" up to 11; a cancel request is a line everywhere.
/// </summary>
internal static class Knock
{
    /// <summary>The code of SSLRequest, behind the length of the packet.</summary>
    private const int TlsRequest = 80877103;

    /// <summary>Knocks. It returns when PostgreSQL has answered.</summary>
    /// <param name="host">A name, an address, or the folder of the unix socket.</param>
    /// <param name="port">The port.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="NpgsqlException">Nobody answers, or not as PostgreSQL does; the inner exceptions are those of a failed connection.</exception>
    public static async Task AtAsync(string host, int port, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ending.CancelAfter(limit);
        try
        {
            using var socket = await ConnectAsync(host, port, ending.Token);
            await using var stream = new NetworkStream(socket);
            var packet = new byte[8];
            BinaryPrimitives.WriteInt32BigEndian(packet, packet.Length);
            BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(4), TlsRequest);
            await stream.WriteAsync(packet, ending.Token);
            var answer = new byte[1];
            await stream.ReadExactlyAsync(answer, ending.Token);
            if (answer[0] == 'S')
                await EndTlsAsync(stream, ending.Token);
            else if (answer[0] is not ((byte)'N' or (byte)'E'))
                throw new NpgsqlException($"What answers on port {port} is not PostgreSQL.");
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw new NpgsqlException($"Failed to connect to {host}:{port}", e);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NpgsqlException($"{host}:{port} did not answer", new TimeoutException());
        }
    }

    private static async Task<Socket> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        var isUnix = host.StartsWith('/');
        var socket = isUnix ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (isUnix)
                await socket.ConnectAsync(new UnixDomainSocketEndPoint($"{host}/.s.PGSQL.{port}"), cancellationToken);
            else
                await socket.ConnectAsync(host, port, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A server that offered TLS logs a client that leaves before it is agreed upon, or without a word; nothing is said over it, so whose certificate it is does not matter.</summary>
    private static async Task EndTlsAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        try
        {
            await using var tls = new SslStream(stream, leaveInnerStreamOpen: true, (_, certificate, _, _) => certificate is not null);
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "" }, cancellationToken);
            await tls.ShutdownAsync();
            while (await tls.ReadAsync(new byte[256], cancellationToken) > 0)
            {
                // what is left unread would reset the connection, which is logged
            }
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            // an old server's TLS that this host does not speak: it has answered
        }
    }
}
