using System.Text.Json;
using SispiAgent.BackupSets;
using SispiAgent.Platform;

namespace SispiAgent.Restore;

/// <summary>One line of a restore's journal.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="What">What: <c>request</c>, <c>begin</c>, <c>done</c>, <c>failed</c>, <c>undo</c>, <c>end</c>.</param>
/// <param name="Step">The step, as an operator would type it.</param>
internal sealed record JournalLine(DateTimeOffset At, string What, string? Step)
{
    /// <summary>The format's number.</summary>
    public int Schema { get; init; } = 1;

    /// <summary>What is restored, in the first line.</summary>
    public RestoreRequest? Request { get; init; }

    /// <summary>Where to, in the first line: host, port and user, no password.</summary>
    public string? Target { get; init; }

    /// <summary>The database that the step renames and keeps.</summary>
    public KeptDatabase? Kept { get; init; }

    /// <summary>Why a step failed.</summary>
    public string? Why { get; init; }

    /// <summary>What is to be known of a step that is done.</summary>
    public IReadOnlyList<string>? Remarks { get; init; }
}

/// <summary>What a restore has done, a line of JSON each, flushed to disk before the next step: readable without the agent, and where <c>--resume</c> goes on.</summary>
internal sealed class RestoreJournal : IDisposable
{
    private static readonly JsonSerializerOptions OneLine = new(ManifestFile.Options) { WriteIndented = false };
    private readonly FileStream _file;
    private readonly TimeProvider _time;
    private readonly HashSet<string> _done = [], _begun = [];
    private readonly List<KeptDatabase> _kept;

    private RestoreJournal(string path, FileStream file, TimeProvider time, IReadOnlyList<JournalLine> lines)
    {
        (Path, _file, _time, _kept) = (path, file, time, [.. lines.Select(line => line.Kept).OfType<KeptDatabase>()]);
        foreach (var line in lines.Where(line => line.Step is not null))
            Apply(line.What, line.Step!);
        Remarks = [.. lines.SelectMany(line => line.Remarks ?? [])];
        if (lines.Count > 0)
            (Request, Target) = (lines[0].Request, lines[0].Target);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What is restored; <see langword="null"/> in a new journal.</summary>
    public RestoreRequest? Request { get; }

    /// <summary>Where to; <see langword="null"/> in a new journal.</summary>
    public string? Target { get; }

    /// <summary>The databases that step aside and are kept, also those of an earlier run.</summary>
    public IReadOnlyList<KeptDatabase> Kept => _kept;

    /// <summary>What is to be known of the steps that earlier runs did.</summary>
    public IReadOnlyList<string> Remarks { get; }

    /// <summary>Begins one.</summary>
    public static RestoreJournal Begin(string folder, RestoreRequest request, string target, TimeProvider time)
    {
        OwnerOnly.CreateFolder(folder);
        var path = System.IO.Path.Combine(folder, $"{SetName.For(time.GetUtcNow())}-{Guid.NewGuid():N}.jsonl");
        OwnerOnly.CreateFile(path);
        var journal = new RestoreJournal(path, Open(path), time, []);
        journal.Write(new(time.GetUtcNow(), "request", null) { Request = request, Target = target });
        DurableFile.FlushDirectory(folder);
        return journal;
    }

    /// <summary>Opens the newest one that has not ended.</summary>
    /// <exception cref="AgentException">There is none.</exception>
    public static RestoreJournal Resume(string folder, TimeProvider time)
    {
        if (Newest(folder) is var (path, lines))
            return new(path, Open(path), time, lines);
        throw new AgentException($"No restore that could go on is in {folder}.", "Begin one: sispi-agent restore --help");
    }

    /// <summary>The first line of the newest one that has not ended; <see langword="null"/> if there is none.</summary>
    public static JournalLine? Unfinished(string folder) => Newest(folder)?.Lines[0];

    /// <summary>Whether a step is done.</summary>
    public bool IsDone(string step) => _done.Contains(step);

    /// <summary>Whether a step was begun, perhaps in an earlier run.</summary>
    public bool IsBegun(string step) => _begun.Contains(step);

    /// <summary>The steps that were begun, perhaps in an earlier run, whose names begin with a text: the rest of their names.</summary>
    public IReadOnlyList<string> Begun(string prefix) => [.. _begun.Where(step => step.StartsWith(prefix, StringComparison.Ordinal)).Select(step => step[prefix.Length..])];

    /// <summary>Whether an earlier run was ended in the middle.</summary>
    public bool IsResumed => Request is not null;

    /// <summary>Notes that a step begins.</summary>
    /// <param name="step">The step.</param>
    /// <param name="survivesPowerCut">Whether it is on the disk before the step begins. Who takes every step of a resumed restore as begun needs no waiting for it.</param>
    public void Started(string step, bool survivesPowerCut = true) => Note("begin", step, survivesPowerCut: survivesPowerCut);

    /// <summary>Notes that a database is about to step aside.</summary>
    public void Keeps(KeptDatabase database)
    {
        lock (_file)
        {
            _kept.Add(database);
            Apply("begin", database.Statement);
            Write(new(_time.GetUtcNow(), "begin", database.Statement) { Kept = database });
        }
    }

    /// <summary>Notes that it is done.</summary>
    /// <param name="step">The step.</param>
    /// <param name="remarks">What is to be known, also to a later run.</param>
    public void Done(string step, IReadOnlyList<string>? remarks = null) => Note("done", step, survivesPowerCut: false, remarks: remarks is { Count: > 0 } ? remarks : null); // what is lost is done again

    /// <summary>Notes why it failed.</summary>
    public void Failed(string step, string why) => Note("failed", step, why);

    /// <summary>Forgets that steps were done: they will be done again.</summary>
    public void Undo(IEnumerable<string> steps)
    {
        foreach (var step in steps.Where(step => IsBegun(step) || IsDone(step)))
            Note("undo", step);
    }

    /// <summary>Ends it: nothing is left to be resumed.</summary>
    public void End() => Write(new(_time.GetUtcNow(), "end", null));

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>Its lines; one that a power cut has left half written is none.</summary>
    internal static IReadOnlyList<JournalLine> Read(string path)
    {
        List<JournalLine> lines = [];
        foreach (var line in File.ReadLines(path).Where(line => line.Length > 0))
        {
            try
            {
                lines.Add(JsonSerializer.Deserialize<JournalLine>(line, OneLine)!);
            }
            catch (JsonException)
            {
                // a power cut has left half of it
            }
        }

        return lines;
    }

    private static (string Path, IReadOnlyList<JournalLine> Lines)? Newest(string folder)
    {
        foreach (var path in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.jsonl").OrderDescending(StringComparer.Ordinal) : Enumerable.Empty<string>())
        {
            if (Read(path) is { Count: > 0 } lines && lines[0].Request is not null && lines.All(line => line.What != "end"))
                return (path, lines);
        }

        return null;
    }

    private static FileStream Open(string path)
    {
        var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        if (file.Length > 0)
            file.WriteByte((byte)'\n'); // the last line may be half written
        return file;
    }

    private void Apply(string what, string step)
    {
        _ = what switch { "begin" => _begun.Add(step), "done" => _done.Add(step), "undo" => _done.Remove(step) | _begun.Remove(step), _ => false };
    }

    private void Note(string what, string step, string? why = null, bool survivesPowerCut = true, IReadOnlyList<string>? remarks = null)
    {
        lock (_file)
        {
            Apply(what, step);
            Write(new(_time.GetUtcNow(), what, step) { Why = why, Remarks = remarks }, survivesPowerCut);
        }
    }

    private void Write(JournalLine line, bool survivesPowerCut = true)
    {
        _file.Write(JsonSerializer.SerializeToUtf8Bytes(line, OneLine));
        _file.WriteByte((byte)'\n');
        _file.Flush(survivesPowerCut);
    }
}
