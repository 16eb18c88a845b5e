using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace SispiAgent.Demo;

/// <summary>One SMTP conversation (RFC 5321) with the mail sink.</summary>
internal sealed class SinkSession(MailSink sink, TcpClient client)
{
    private Stream _stream = Stream.Null;
    private bool _isEncrypted;
    private bool _isLoggedIn;
    private readonly List<string> _recipients = [];

    /// <summary>Talks until the client leaves, or the sink closes.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var _ = client;
        try
        {
            _stream = client.GetStream();
            if (sink.IsTlsFromTheFirstByte)
                await EncryptAsync(cancellationToken);
            if (sink.Manners.IsSilent)
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            await SayAsync("220 sink.example ESMTP", cancellationToken);
            while (await ReadLineAsync(cancellationToken) is { } line && await AnswerAsync(Encoding.UTF8.GetString(line), cancellationToken))
            {
                // the next command
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or System.Security.Authentication.AuthenticationException)
        {
            // the client went away, did not like the certificate, or the sink closed
        }
        finally
        {
            await _stream.DisposeAsync();
        }
    }

    private async Task<bool> AnswerAsync(string line, CancellationToken cancellationToken)
    {
        var verb = line.Split(' ')[0].ToUpperInvariant();
        var reply = verb switch
        {
            "EHLO" or "HELO" => Greeting(),
            "STARTTLS" when sink.Certificate is not null && !_isEncrypted => "220 go ahead",
            "AUTH" => await LogInAsync(line, cancellationToken),
            "MAIL" => Begin(),
            "RCPT" => TakeRecipient(line),
            "DATA" => _recipients.Count == 0 ? "503 no recipient" : await TakeDataAsync(cancellationToken),
            "RSET" => Begin(always: true),
            "NOOP" => "250 ok",
            "QUIT" => "221 bye",
            _ => "502 not here",
        };
        await SayAsync(reply, cancellationToken);
        if (verb == "STARTTLS" && reply.StartsWith("220", StringComparison.Ordinal))
            await EncryptAsync(cancellationToken);
        return verb != "QUIT";
    }

    private string Greeting() =>
        $"250-sink.example\r\n250-8BITMIME\r\n{(sink.Certificate is not null && !_isEncrypted ? "250-STARTTLS\r\n" : "")}{(sink.Manners.Login is null ? "" : "250-AUTH PLAIN LOGIN\r\n")}250 SIZE 52428800";

    private string Begin(bool always = false)
    {
        _recipients.Clear();
        return always || sink.Manners.Login is null || _isLoggedIn ? "250 ok" : "530 log in first";
    }

    private string TakeRecipient(string line)
    {
        var address = line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..].Split('>')[0];
        if (sink.Manners.RecipientReplies.TryGetValue(address, out var code))
            return $"{code} not {address}";
        _recipients.Add(address);
        return "250 ok";
    }

    private async Task<string> LogInAsync(string line, CancellationToken cancellationToken)
    {
        var parts = line.Split(' ');
        string user, password;
        if (parts[1].Equals("PLAIN", StringComparison.OrdinalIgnoreCase))
        {
            var fields = Decode(parts.Length > 2 ? parts[2] : await AskAsync("", cancellationToken)).Split('\0');
            (user, password) = (fields[1], fields[2]);
        }
        else
        {
            user = Decode(parts.Length > 2 ? parts[2] : await AskAsync("VXNlcm5hbWU6", cancellationToken));
            password = Decode(await AskAsync("UGFzc3dvcmQ6", cancellationToken));
        }

        _isLoggedIn = sink.Manners.Login is { } login && login == (user, password);
        return _isLoggedIn ? "235 welcome" : "535 5.7.8 bad credentials";
    }

    private async Task<string> AskAsync(string question, CancellationToken cancellationToken)
    {
        await SayAsync($"334 {question}", cancellationToken);
        return Encoding.UTF8.GetString(await ReadLineAsync(cancellationToken) ?? []);
    }

    private async Task<string> TakeDataAsync(CancellationToken cancellationToken)
    {
        await SayAsync("354 go on", cancellationToken);
        using var mail = new MemoryStream();
        mail.Write(Encoding.UTF8.GetBytes($"{MailSink.EnvelopeHeader}: {string.Join(", ", _recipients)}\r\n"));
        while (true)
        {
            var line = await ReadLineAsync(cancellationToken) ?? throw new IOException("cut within the data");
            if (line is [(byte)'.'])
                break;
            mail.Write(line is [(byte)'.', ..] ? line.AsSpan(1) : line); // RFC 5321 4.5.2
            mail.Write("\r\n"u8);
        }

        if (sink.Manners.DataReply == 250)
            sink.Keep(mail.ToArray());
        if (sink.Manners.Pause > TimeSpan.Zero)
            await Task.Delay(sink.Manners.Pause, TimeProvider.System, cancellationToken);
        return sink.Manners.DataReply == 250 ? "250 kept" : $"{sink.Manners.DataReply} not this one";
    }

    private async Task EncryptAsync(CancellationToken cancellationToken)
    {
        var encrypted = new SslStream(_stream);
        await encrypted.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = sink.Certificate }, cancellationToken);
        (_stream, _isEncrypted) = (encrypted, true);
    }

    /// <summary>A line without its end; <see langword="null"/> when the client has gone. Byte by byte: what follows STARTTLS must not be read ahead.</summary>
    private async Task<byte[]?> ReadLineAsync(CancellationToken cancellationToken)
    {
        List<byte> line = [];
        var one = new byte[1];
        while (await _stream.ReadAsync(one, cancellationToken) == 1)
        {
            if (one[0] == '\n')
                return [.. line is [.., (byte)'\r'] ? line[..^1] : line];
            line.Add(one[0]);
        }

        return null;
    }

    private async Task SayAsync(string line, CancellationToken cancellationToken) => await _stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), cancellationToken);

    private static string Decode(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));
}
