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

    public TcpForwarder(int target)
    {
        (_target, Port) = (target, Ports.Next());
        Open();
    }

    public int Port { get; }

    /// <summary>Whether what is sent is swallowed; for connections made from now on.</summary>
    public bool IsStalled { get; set; }

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
            await Task.WhenAll(PumpAsync(client, server), PumpAsync(server, client));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // one end has gone
        }

        client.Close();
    }

    private async Task PumpAsync(TcpClient from, TcpClient to)
    {
        await from.GetStream().CopyToAsync(to.GetStream(), _end.Token);
        to.Client.Shutdown(SocketShutdown.Send);
    }
}
