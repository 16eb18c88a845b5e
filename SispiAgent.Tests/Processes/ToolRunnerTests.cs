using SispiAgent.Platform;
using SispiAgent.Processes;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Processes;

internal sealed class ToolRunnerTests
{
    private readonly TempFolder _folder = new();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task Output_exit_code_and_the_end_of_standard_error_are_kept()
    {
        var result = await ToolRunner.RunAsync(Shell("echo one; echo two >&2; exit 3"), default);

        Assert.That((result.ExitCode, result.Output, result.ErrorTail), Is.EqualTo((3, "one\n", "two\n")));
    }

    [Test]
    public async Task A_child_that_floods_both_pipes_neither_blocks_nor_fills_the_memory()
    {
        var result = await ToolRunner.RunAsync(Shell("head -c 20000000 /dev/zero | tr '\\0' 'x' | fold -w 99; head -c 3000000 /dev/zero | tr '\\0' 'y' | fold -w 99 >&2; echo last >&2"), default);

        Assert.That(result.ExitCode, Is.Zero);
        Assert.That(result.Output, Has.Length.LessThanOrEqualTo(4 << 20));
        Assert.That(result.ErrorTail, Has.Length.LessThanOrEqualTo(8 << 10));
        Assert.That(result.ErrorTail, Does.EndWith("last\n"));
    }

    [Test]
    public async Task Output_of_any_size_can_be_read_as_bytes()
    {
        var count = 0L;
        var result = await ToolRunner.RunAsync(Shell("head -c 20000000 /dev/zero; echo last >&2; exit 3") with { ReadOutput = CountAsync }, default);
        Assert.That((result.ExitCode, result.Output, result.ErrorTail, count), Is.EqualTo((3, "", "last\n", 20_000_000L)));

        async Task CountAsync(Stream stream, CancellationToken cancellationToken)
        {
            var buffer = new byte[1000];
            while (await stream.ReadAsync(buffer, cancellationToken) is var read and > 0)
                count += read;
        }
    }

    [Test]
    public async Task A_reader_that_gives_up_does_not_leave_the_child_waiting()
    {
        var flood = Shell("head -c 20000000 /dev/zero") with { Timeout = TimeSpan.FromMinutes(2) };
        Assert.That((await ToolRunner.RunAsync(flood with { ReadOutput = (_, _) => Task.CompletedTask }, default)).ExitCode, Is.Zero);
        Assert.That(async () => await ToolRunner.RunAsync(flood with { ReadOutput = (_, _) => throw new IOException("full") }, default), Throws.InstanceOf<IOException>().With.Message.EqualTo("full"));
    }

    [Test]
    public async Task A_cancelled_command_whose_output_is_read_as_bytes_is_ended_too()
    {
        using var cancel = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        var running = ToolRunner.RunAsync(Shell("cat /dev/zero") with
        {
            ReadOutput = async (stream, token) =>
            {
                begun.SetResult();
                await stream.CopyToAsync(Stream.Null, token);
            },
        }, cancel.Token);
        await begun.Task;
        await cancel.CancelAsync();
        Assert.That(async () => await running, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Standard_input_reaches_the_child() =>
        Assert.That((await ToolRunner.RunAsync(new ToolCommand("cat", []) { Input = "año\n" }, default)).Output, Is.EqualTo("año\n"));

    [Test]
    public async Task Messages_are_in_English_whatever_the_hosts_language() =>
        Assert.That((await ToolRunner.RunAsync(Shell("echo $LC_ALL"), default)).Output, Is.EqualTo("C\n"));

    [Test]
    public void A_command_that_has_to_succeed_and_does_not_names_the_program_the_code_and_its_last_words() =>
        Assert.That(async () => await ToolRunner.RunToSuccessAsync(Shell("echo no space left >&2; exit 9"), default),
            Throws.InstanceOf<ToolFailedException>().With.Message.EqualTo("sh ended with exit code 9: no space left"));

    [Test]
    public void A_program_that_is_not_there_is_an_error_that_names_it() =>
        Assert.That(async () => await ToolRunner.RunAsync(new ToolCommand("/nowhere/pg_dump", []), default), Throws.InstanceOf<AgentException>().With.Message.Contains("/nowhere/pg_dump"));

    [Test]
    public void A_command_over_its_limit_is_ended_with_its_children()
    {
        var pids = _folder["pids"];

        Assert.That(async () => await ToolRunner.RunAsync(Shell($"sleep 321 & echo $! > {pids}; echo $$ >> {pids}; wait") with { Timeout = TimeSpan.FromSeconds(1) }, default),
            Throws.InstanceOf<AgentException>().With.Message.Contains("did not end within"));

        foreach (var pid in File.ReadAllLines(pids))
            Assert.That(ProcessSignal.IsRunning(int.Parse(pid, System.Globalization.CultureInfo.InvariantCulture)), Is.False, pid);
    }

    [Test]
    public async Task A_cancelled_command_is_ended_with_its_children()
    {
        var pids = _folder["pids"];
        using var cancel = new CancellationTokenSource();
        var running = ToolRunner.RunAsync(Shell($"sleep 321 & echo $! > {pids}.new; mv {pids}.new {pids}; wait"), cancel.Token);
        await Eventually.TrueAsync(() => File.Exists(pids), "child");

        await cancel.CancelAsync();

        Assert.That(async () => await running, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(ProcessSignal.IsRunning(int.Parse(File.ReadAllText(pids), System.Globalization.CultureInfo.InvariantCulture)), Is.False);
    }

    [Test]
    public void A_command_prints_as_it_would_be_typed() =>
        Assert.That(new ToolCommand("pg_dump", ["-t", "\"a b\".\"c\"", "it's", "--file=/x"]).ToString(), Is.EqualTo("pg_dump -t '\"a b\".\"c\"' 'it'\\''s' --file=/x"));

    private static ToolCommand Shell(string script) => new("/bin/sh", ["-c", script]);
}
