using System.Net;
using System.Net.Sockets;

namespace SispiAgent.Tests.Support;

/// <summary>A way to a port of this machine that can be made to hang (connections are taken and nothing passes) or to refuse.</summary>
internal sealed class TcpForwarder : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly List<TcpClient> _open = [];
    private readonly int _target;
    private TcpListener? _listener;
    private long _sent;

    public TcpForwarder(int target)
    {
        (_target, Port) = (target, Ports.Next());
        Open();
    }

    public int Port { get; }

    /// <summary>Whether what is sent is swallowed; for connections made from now on.</summary>
    public bool IsStalled { get; set; }

    /// <summary>Whether what passes on open connections is held back, as a dead line does; it goes on afterwards.</summary>
    public bool IsHeld { get; set; }

    /// <summary>How many bytes have gone to the target.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Cuts what is open, and refuses from now on.</summary>
    public void Cut()
    {
        Close();
        lock (_open)
            _open.ForEach(client => client.Client?.Close(0)); // those that have ended have none
    }

    /// <summary>Refuses from now on.</summary>
    public void Close()
    {
        _listener?.Stop();
        _listener = null;
    }

    public void Open()
    {
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        _ = AcceptAsync(_listener);
    }

    public void Dispose()
    {
        _end.Cancel();
        Close();
        lock (_open)
            _open.ForEach(client => client.Dispose());
        _end.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
                _ = ForwardAsync(await listener.AcceptTcpClientAsync(_end.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // closed
        }
    }

    private async Task ForwardAsync(TcpClient client)
    {
        lock (_open)
            _open.Add(client);
        if (IsStalled)
            return;
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _target, _end.Token);
            await Task.WhenAll(PumpAsync(client, server, count => Interlocked.Add(ref _sent, count)), PumpAsync(server, client, _ => { }));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // one end has gone
        }

        client.Close(); // and the other end with it
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, Action<int> count)
    {
        try
        {
            var buffer = new byte[1 << 16];
            while (await from.GetStream().ReadAsync(buffer, _end.Token) is > 0 and var read)
            {
                while (IsHeld)
                    await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, _end.Token);
                count(read);
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _end.Token);
            }

            to.Client.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            to.Dispose(); // cut on one side is cut on the other
            throw;
        }
    }
}
