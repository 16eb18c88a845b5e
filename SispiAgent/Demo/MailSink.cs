using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MimeKit;

namespace SispiAgent.Demo;

/// <summary>
/// A small real SMTP server on loopback that keeps each mail as an <c>.eml</c> file: the demo's and the tests' end of the way that mail
/// goes. It can be closed and opened again on the same port, and told to misbehave.
/// </summary>
internal sealed class MailSink : IAsyncDisposable
{
    /// <summary>The header that says to whom the mail was really sent, as other mail servers add <c>Delivered-To</c>.</summary>
    public const string EnvelopeHeader = "X-Envelope-To";

    private readonly Lock _lock = new();
    private readonly List<Task> _sessions = [];
    private CancellationTokenSource _closing = new();
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;
    private int _count;

    /// <param name="folder">Where the mails are kept; made if it is not there.</param>
    /// <param name="port">A free port on 127.0.0.1.</param>
    public MailSink(string folder, int port)
    {
        Folder = Directory.CreateDirectory(folder).FullName;
        Port = port;
        _count = Directory.GetFiles(Folder, "*.eml").Length; // it goes on where another left off
    }

    /// <summary>Where the mails are kept, one file each, numbered in the order of their acceptance.</summary>
    public string Folder { get; }

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>How it answers; may be changed between mails.</summary>
    public SinkManners Manners { get; set; } = new();

    /// <summary>The certificate for STARTTLS and for TLS from the first byte; <see langword="null"/>: it offers none.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Whether it speaks TLS from the first byte.</summary>
    public bool IsTlsFromTheFirstByte { get; init; }

    /// <summary>Whether it listens.</summary>
    public bool IsOpen => _listener is not null;

    /// <summary>Begins to listen.</summary>
    public void Open()
    {
        _closing = new CancellationTokenSource();
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Start();
        _accepting = AcceptAsync(_listener, _closing.Token);
    }

    /// <summary>Stops listening and cuts every connection: the mail server is down.</summary>
    public async Task CloseAsync()
    {
        await _closing.CancelAsync();
        _listener?.Stop();
        await _accepting;
        Task[] sessions;
        lock (_lock)
            sessions = [.. _sessions];
        await Task.WhenAll(sessions);
        _closing.Dispose();
        _listener = null;
    }

    /// <summary>Every mail accepted so far, in order.</summary>
    public IReadOnlyList<MimeMessage> ReadMails() => [.. Directory.GetFiles(Folder, "*.eml").Order(StringComparer.Ordinal).Select(file => MimeMessage.Load(file))];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_listener is not null)
            await CloseAsync();
    }

    internal void Keep(byte[] mail)
    {
        var number = Interlocked.Increment(ref _count);
        var beside = Path.Combine(Folder, $"{number:0000}.part");
        File.WriteAllBytes(beside, mail);
        File.Move(beside, Path.Combine(Folder, $"{number:0000}.eml"));
    }

    private async Task AcceptAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(cancellationToken);
                var session = new SinkSession(this, client).RunAsync(cancellationToken);
                lock (_lock)
                {
                    _sessions.RemoveAll(done => done.IsCompleted);
                    _sessions.Add(session);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // closed
        }
    }
}
