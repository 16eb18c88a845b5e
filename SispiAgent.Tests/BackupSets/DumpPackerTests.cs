using SispiAgent.BackupSets;
using SispiAgent.Platform;
using SispiAgent.Postgres;
using SispiAgent.Processes;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.BackupSets;

/// <summary>Dumps that pg_dump has sent uncompressed and the agent has compressed, read by the real pg_restore.</summary>
[Category("Postgres")]
internal sealed class DumpPackerTests
{
    [Test]
    public async Task A_packed_dump_is_what_pg_dump_would_have_written_and_is_restored_with_many_sessions()
    {
        Requires.That(FastDeflate.IsAvailable, "libisal (Debian's libisal2)");
        using var folder = new TempFolder();
        await using var server = await PostgresServers.StartPrimaryAsync();
        await server.ExecuteAsync("CREATE DATABASE hostile");
        await HostileDatabase.FillAsync(server, withConfiguration: false, "hostile");
        // an object number above the half of all, an empty object, an empty table, and rows longer than any buffer
        await server.ExecuteAsync("""
            SELECT lo_from_bytea(3000000000, decode(repeat('00ff', 400000), 'hex')), lo_from_bytea(2147483648, ''), lo_from_bytea(4294967294, 'last');
            CREATE TABLE empty (a int);
            CREATE TABLE wide AS SELECT g, string_agg(md5((g * h)::text), '') AS text FROM generate_series(1, 5) g, generate_series(1, 30000) h GROUP BY g;
            """, "hostile");
        await DumpAsync(server, "--compress=0", folder["plain"]);
        await DumpAsync(server, "--compress=1", folder["stock"]);

        await using (var input = File.OpenRead(folder["plain"]))
        await using (var output = File.Create(folder["packed"]))
            DumpPacker.Pack(input, output);

        Assert.That(await ReadAsync(server, folder["packed"]), Is.EqualTo(await ReadAsync(server, folder["stock"])));
        Assert.That(new FileInfo(folder["packed"]).Length, Is.EqualTo(new FileInfo(folder["stock"]).Length).Within(10).Percent);
        await using var empty = await PostgresServers.StartPrimaryAsync();
        await RunAsync(empty, "pg_restore", "--exit-on-error", "--jobs=3", "--create", "--dbname=postgres", folder["packed"]);
        Assert.That(await DatabaseComparison.DifferencesAsync(server, empty, "hostile"), Is.Empty);
    }

    [Test]
    public async Task What_is_cut_off_or_no_dump_is_never_taken_for_a_whole_one()
    {
        Requires.That(FastDeflate.IsAvailable, "libisal (Debian's libisal2)");
        using var folder = new TempFolder();
        await using var server = await PostgresServers.StartPrimaryAsync();
        await server.ExecuteAsync("CREATE DATABASE hostile");
        await server.ExecuteAsync("CREATE TABLE t AS SELECT g FROM generate_series(1, 200) g; SELECT lo_from_bytea(0, 'some')", "hostile");
        await DumpAsync(server, "--compress=0", folder["plain"]);
        await DumpAsync(server, "--compress=1", folder["stock"]);
        var whole = await File.ReadAllBytesAsync(folder["plain"]);
        using (var output = new MemoryStream())
            DumpPacker.Pack(new MemoryStream(whole), output);

        var ends = 0;
        for (var length = 0; length < whole.Length; length++)
        {
            using var output = new MemoryStream();
            try
            {
                DumpPacker.Pack(new MemoryStream(whole, 0, length), output);
                ends++; // between two parts nothing shows that another should come: pg_dump's exit code does, and the read-back
            }
            catch (EndOfStreamException)
            {
                // as it should be
            }
        }

        Assert.That(ends, Is.LessThanOrEqualTo(2));
        Assert.That(() => DumpPacker.Pack(File.OpenRead(folder["stock"]), new MemoryStream()), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("uncompressed dump"));
        Assert.That(() => DumpPacker.Pack(new MemoryStream("-- PostgreSQL database dump"u8.ToArray()), new MemoryStream()), Throws.InstanceOf<InvalidDataException>());
    }

    private static Task<ToolResult> DumpAsync(ScratchServer server, string compression, string file) => RunAsync(server, "pg_dump", "--format=custom", compression, $"--file={file}", "hostile");

    private static async Task<string> ReadAsync(ScratchServer server, string file)
    {
        await RunAsync(server, "pg_restore", $"--file={file}.sql", file);
        // from August 2025 on each output has a key of its own
        return string.Join('\n', (await File.ReadAllLinesAsync($"{file}.sql")).Where(line => !line.StartsWith("\\restrict ", StringComparison.Ordinal) && !line.StartsWith("\\unrestrict ", StringComparison.Ordinal)));
    }

    private static Task<ToolResult> RunAsync(ScratchServer server, string program, params string[] arguments) => ToolRunner.RunToSuccessAsync(
        new(server.Installation.Program(program), arguments) { Environment = new Dictionary<string, string?> { ["PGHOST"] = server.SocketDirectory, ["PGPORT"] = $"{server.Port}", ["PGUSER"] = "postgres" } }, default);
}
