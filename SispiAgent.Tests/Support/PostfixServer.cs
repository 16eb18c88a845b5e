using System.Globalization;
using MimeKit;
using SispiAgent.Processes;

namespace SispiAgent.Tests.Support;

/// <summary>Postfix on loopback with a configuration, a queue and an alias map of its own; this machine's own mail is not touched.</summary>
internal sealed class PostfixServer : IAsyncDisposable
{
    private const string Program = "/usr/sbin/postfix";

    private readonly TempFolder _folder = new();

    public int Port { get; } = Ports.Next();

    public static async Task<PostfixServer> StartAsync()
    {
        Requires.Program(Program);
        var server = new PostfixServer();
        await server.PrepareAsync();
        await RunAsync(Program, "-c", server._folder["etc"], "start");
        return server;
    }

    /// <summary>What <c>postgres-status</c> has got.</summary>
    public IReadOnlyList<MimeMessage> ReadMailbox()
    {
        var file = _folder["mail/box"];
        if (!File.Exists(file))
            return [];
        using var stream = File.OpenRead(file);
        var parser = new MimeParser(stream, MimeFormat.Mbox);
        List<MimeMessage> mails = [];
        while (!parser.IsEndOfStream)
            mails.Add(parser.ParseMessage());
        return mails;
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync(Program, "-c", _folder["etc"], "stop");
        _folder.Dispose();
    }

    private async Task PrepareAsync()
    {
        foreach (var name in new[] { "etc", "queue", "data", "mail" })
            Directory.CreateDirectory(_folder[name]);
        await File.WriteAllTextAsync(_folder["etc/main.cf"], $"""
            compatibility_level = 3.6
            queue_directory = {_folder["queue"]}
            data_directory = {_folder["data"]}
            mail_owner = postfix
            setgid_group = postdrop
            inet_interfaces = loopback-only
            inet_protocols = ipv4
            myhostname = mail.sispi.example
            mydestination = mail.sispi.example, localhost
            mynetworks = 127.0.0.0/8
            alias_maps = texthash:{_folder["etc/aliases"]}
            local_recipient_maps = $alias_maps
            maillog_file_prefixes = {_folder.Folder}
            maillog_file = {_folder["log"]}
            """);
        await File.WriteAllTextAsync(_folder["etc/aliases"], $"postgres-status {_folder["mail/box"]}\n");
        await File.WriteAllTextAsync(_folder["etc/master.cf"], string.Create(CultureInfo.InvariantCulture, $"""
            127.0.0.1:{Port} inet n - n - - smtpd
            cleanup unix n - n - 0 cleanup
            qmgr unix n - n 300 1 qmgr
            rewrite unix - - n - - trivial-rewrite
            bounce unix - - n - 0 bounce
            defer unix - - n - 0 bounce
            trace unix - - n - 0 bounce
            local unix - n n - - local
            error unix - - n - - error
            anvil unix - - n - 1 anvil
            postlog unix-dgram n - n - 1 postlogd

            """));
        await RunAsync("/bin/chmod", "755", _folder.Folder);
        await RunAsync("/bin/chown", "postfix", _folder["data"]);
        await RunAsync("/bin/chown", "nobody", _folder["mail"]); // postfix delivers to a file of an alias as nobody
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var result = await ToolRunner.RunAsync(new ToolCommand(program, arguments) { DiscardsOutput = true }, default);
        Assert.That(result.ExitCode, Is.Zero, result.ErrorTail);
    }
}
