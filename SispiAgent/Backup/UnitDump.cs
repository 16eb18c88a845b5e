using System.Globalization;
using SispiAgent.BackupSets;
using SispiAgent.Processes;

namespace SispiAgent.Backup;

/// <summary>One file of a database, dumped.</summary>
/// <param name="Unit">As it was planned.</param>
/// <param name="File">For the manifest; not hashed yet.</param>
/// <param name="Warnings">What pg_dump said although it succeeded.</param>
internal sealed record DumpedUnit(PlannedUnit Unit, SetFile File, IReadOnlyList<string> Warnings);

/// <summary>Dumps one unit by pg_dump.</summary>
internal static class UnitDump
{
    /// <summary>Longer command lines are refused by Linux (2 MB for all of them and the environment) and by Windows (32 kB).</summary>
    private static readonly int LongestCommand = Path.DirectorySeparatorChar == '\\' ? 30_000 : 1_800_000;

    /// <summary>Dumps it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="database">The database's name.</param>
    /// <param name="unit">What.</param>
    /// <param name="snapshot">The moment that it shows.</param>
    /// <param name="session">The attempt's session name.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it, and pg_dump with it.</param>
    /// <exception cref="ToolFailedException">pg_dump failed.</exception>
    public static async Task<DumpedUnit> RunAsync(RunContext run, string database, PlannedUnit unit, HeldSnapshot snapshot, string session, TimeProvider time, CancellationToken cancellationToken)
    {
        var path = run.Create(unit.File);
        var begin = time.GetUtcNow();
        List<string> arguments =
        [
            "--format=custom", run.Compression.Argument, string.Create(CultureInfo.InvariantCulture, $"--lock-wait-timeout={LockWait(run.Options, snapshot)}"), .. run.Compression.IsPackedHere ? Array.Empty<string>() : [$"--file={path}"],
            .. snapshot.Id is { } id ? [$"--snapshot={id}"] : Array.Empty<string>(), $"--encoding={Encoding(snapshot, unit)}", .. unit.Arguments,
        ];
        if (arguments.Sum(argument => (long)argument.Length + 9) > LongestCommand)
            throw new AgentException($"{database}, {unit.Name}: it would name so many tables that the command line is too long.", $"Choose fewer tables by patterns in Backup:Databases:{database}:Units; a whole schema needs no pattern.");
        var command = run.Tool("pg_dump", database, session, arguments);
        var name = unit.Kind is UnitKind.Whole ? database : $"{database}, {unit.Name}";
        var result = run.Compression.IsPackedHere ? await PackedDump.RunAsync(command, path, cancellationToken) : await ToolRunner.RunToSuccessAsync(command, cancellationToken);
        var file = new SetFile(unit.File, "dump", database, unit.Name, Words(command, database, path, unit.File), snapshot.Id, snapshot.Lsn, begin, time.GetUtcNow(), new FileInfo(path).Length, "", [.. unit.Relations.Select(relation => relation.Oid)]) { UnitKind = unit.Kind, WrittenBy = $"pg_dump {run.Tools.Version}{(run.Compression.IsPackedHere ? $", compressed by SispiAgent {AgentVersion.Text}" : "")}" };
        return new(unit, file, [.. Warnings(result.ErrorTail).Select(line => $"{name}: pg_dump said: {line}")]);
    }

    /// <summary>The command for the manifest, in the set's folder; one that writes to its standard output makes the same dump, uncompressed.</summary>
    private static string Words(ToolCommand command, string database, string path, string file) =>
        $"PGDATABASE={ToolCommand.Quote(database)} {command with { Arguments = [.. command.Arguments.Select(argument => argument == $"--file={path}" ? $"--file={file}" : argument)] }}{(command.Arguments.Contains($"--file={path}") ? "" : $" > {ToolCommand.Quote(file)}")}";

    /// <summary>
    /// The client encoding, always given: a database or role may have set another one, in which not all of its texts can be written. Names in arguments are UTF-8, and pg_dump
    /// compares them in its client encoding: with LATIN1 "café" names nothing, and leaves nothing out. The rows are converted without loss; in SQL_ASCII there
    /// is no encoding to convert from, and a name is its bytes.
    /// </summary>
    private static string Encoding(HeldSnapshot snapshot, PlannedUnit unit) => snapshot.Connection.PostgresParameters["server_encoding"] is var own
        && (own == "SQL_ASCII" || unit.Arguments.All(argument => System.Text.Ascii.IsValid(argument))) ? own : "UTF8";

    /// <summary>What pg_dump said, each line once: it may say the same of thousands of objects.</summary>
    internal static IEnumerable<string> Warnings(string said) => said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .GroupBy(line => line).Select(lines => lines.Count() == 1 ? lines.Key : $"{lines.Key} ({lines.Count()} times, at least)");

    /// <summary>
    /// How long pg_dump may wait for a lock, in milliseconds. The snapshot's holder has every table locked already, so pg_dump waits only behind a session
    /// that waits behind the holder: then the patience decides, and this limit lets it do so first.
    /// </summary>
    private static long LockWait(BackupOptions options, HeldSnapshot snapshot) => (long)(snapshot.Id is null ? options.LockTimeout : options.Patience + options.LockTimeout).TotalMilliseconds;
}
