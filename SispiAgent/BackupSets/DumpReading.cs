using System.Globalization;
using SispiAgent.Postgres;
using SispiAgent.Processes;

namespace SispiAgent.BackupSets;

/// <summary>Reads a dump to its end. Its table of contents alone says nothing: <c>pg_restore -l</c> also lists a file that was cut short.</summary>
internal static class DumpReading
{
    private const int Piece = 1 << 17;

    /// <summary>Reads one file.</summary>
    /// <param name="tools">With a pg_restore that knows its format.</param>
    /// <param name="file">The dump.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="priority">How pg_restore stands beside other processes.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<DumpContents> ReadAsync(PostgresInstallation tools, string file, TimeSpan timeout, ToolPriority priority, CancellationToken cancellationToken)
    {
        try
        {
            List<string> lines = [];
            var listed = await ToolRunner.RunAsync(new ToolCommand(tools.Program("pg_restore"), ["-l", file]) { Timeout = timeout, OnOutputLine = line => Add(lines, line) }, cancellationToken);
            var listing = DumpListing.Parse(lines);
            if (listed.ExitCode != 0)
                return new([], [], [], [], Said(file, "pg_restore can't read its table of contents", listed));

            var scanner = new DumpScanner();
            // before 12 standard output was what no -f means, and some of these take "-" for a file's name
            string[] arguments = tools.Major is > 0 and < 12 ? ["-a", file] : ["-a", "-f", "-", file];
            var read = await ToolRunner.RunAsync(new ToolCommand(tools.Program("pg_restore"), arguments) { Timeout = timeout, Priority = priority, ReadOutput = (stream, token) => ScanAsync(stream, scanner, token) }, cancellationToken);
            var problem = read.ExitCode != 0 ? Said(file, "pg_restore can't read it to its end", read) : Differs(listing, scanner) is { } differs ? $"{Path.GetFileName(file)}: {differs}" : null;
            return new([.. scanner.Blocks.Zip(listing.Tables, (rows, oid) => new DumpRows(oid, rows))], scanner.Sequences, scanner.LargeObjects, listing.Views, problem);
        }
        catch (AgentException e)
        {
            return new([], [], [], [], $"{Path.GetFileName(file)}: {e.Message}");
        }
    }

    /// <summary>How the contents differ from the table of contents, as a sentence; <see langword="null"/> if they don't.</summary>
    internal static string? Differs(DumpListing listing, DumpScanner scanner) => 0 switch
    {
        _ when !scanner.IsComplete => "its contents end in the middle of a statement or of a table's rows.",
        _ when scanner.Unread > 0 => string.Create(CultureInfo.InvariantCulture, $"{scanner.Unread} of its statements can't be read by this agent."),
        _ when scanner.Blocks.Count != listing.Tables.Count => string.Create(CultureInfo.InvariantCulture, $"its table of contents names rows of {listing.Tables.Count} tables, and it holds those of {scanner.Blocks.Count}."),
        _ when scanner.Sequences.Count != listing.Sequences => string.Create(CultureInfo.InvariantCulture, $"its table of contents names values of {listing.Sequences} sequences, and it holds those of {scanner.Sequences.Count}."),
        _ when scanner.LargeObjects.Count > 0 && !listing.HasLargeObjects => "it holds large objects that its table of contents does not name.",
        _ => null,
    };

    /// <summary>Definitions are most of the lines, and are not needed.</summary>
    private static void Add(List<string> lines, string line)
    {
        if (DumpEntry.TryParse(line) is { Description: DumpEntry.TableData or DumpEntry.SequenceSet or DumpEntry.ViewData or DumpEntry.LargeObjects })
            lines.Add(line);
    }

    private static async Task ScanAsync(Stream stream, DumpScanner scanner, CancellationToken cancellationToken)
    {
        var buffer = new byte[Piece];
        while (await stream.ReadAsync(buffer, cancellationToken) is var count and > 0)
            scanner.Feed(buffer.AsSpan(0, count));
    }

    private static string Said(string file, string what, ToolResult result) =>
        string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(file)}: {what} (exit code {result.ExitCode}): {result.ErrorTail.Trim().ReplaceLineEndings(" / ")}");
}
