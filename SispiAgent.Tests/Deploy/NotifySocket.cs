using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace SispiAgent.Tests.Deploy;

/// <summary>The socket on which systemd listens to a service of <c>Type=notify</c> (sd_notify(3)), read as systemd reads it.</summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly ConcurrentQueue<string> _messages = new();

    public NotifySocket(string path)
    {
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        _ = ReadAsync();
    }

    /// <summary>Every message so far, in order.</summary>
    public IReadOnlyList<string> Messages => [.. _messages];

    public void Dispose() => _socket.Dispose();

    private async Task ReadAsync()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
                _messages.Enqueue(Encoding.UTF8.GetString(buffer.AsSpan(0, await _socket.ReceiveAsync(buffer))));
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // the test is over
        }
    }
}
