using System.Globalization;
using SispiAgent.BackupSets;
using SispiAgent.Platform;
using SispiAgent.Processes;

namespace SispiAgent.Restore;

/// <summary>
/// A database's indexes and constraints in portions: those of large tables can be built while other tables' rows are still read, the rest comes when all
/// rows are there. pg_restore is told of a portion by a list (<c>-L</c>).
/// </summary>
internal sealed class IndexLists
{
    private readonly RestoreStep _step;
    private readonly string _folder;
    private readonly IReadOnlyList<SetTable> _large;
    private readonly IReadOnlyList<IndexEntry> _early;
    private readonly HashSet<long> _built = [];

    private IndexLists(RestoreStep step, string folder, IReadOnlyList<SetTable> large, IReadOnlyList<IndexEntry> early) => (_step, _folder, _large, _early) = (step, folder, large, early);

    /// <summary>What is left when the early ones are built.</summary>
    public RestoreStep Rest => _early.Count == 0 ? _step : With("rest");

    /// <summary>Divides a step, and writes the lists.</summary>
    /// <param name="target">The server.</param>
    /// <param name="set">The set's folder.</param>
    /// <param name="manifest">The set.</param>
    /// <param name="step">The step that makes all indexes and constraints.</param>
    /// <param name="folder">Where the lists are written.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<IndexLists> WriteAsync(RestoreTarget target, string set, SetManifest manifest, RestoreStep step, string folder, CancellationToken cancellationToken)
    {
        var file = manifest.Files.First(file => file.Name == step.Arguments[^1]);
        var database = manifest.Databases.First(database => database.Name == file.Database);
        SetTable[] large = [.. database.Tables.Where(IndexEntry.IsLarge)];
        if (large.Length == 0)
            return new(step, folder, [], []);
        List<string> lines = [];
        await ToolRunner.RunToSuccessAsync(target.Tool("pg_restore", ["-l", "-v", Path.Combine(set, file.Name)]) with { OnOutputLine = lines.Add }, cancellationToken);
        var lists = new IndexLists(step, folder, large, IndexEntry.Find(lines, large));
        var early = lists._early.Select(entry => entry.Id).ToHashSet();
        OwnerOnly.CreateFolder(folder);
        await File.WriteAllLinesAsync(lists.List("rest"), lines.Where(line => DumpEntry.TryParse(line) is { } entry && !early.Contains(entry.Id)), cancellationToken);
        foreach (var entry in lists._early)
            await File.WriteAllTextAsync(lists.List(Number(entry)), entry.Line + "\n", cancellationToken);
        return lists;
    }

    /// <summary>Foreign keys come one by one: each locks two tables, and two of them could wait for one another.</summary>
    public RestoreSlots OneForeignKey { get; } = new(1);

    /// <summary>What can be built when a file's rows are there: of each large table its indexes.</summary>
    public IEnumerable<(SetTable Table, IReadOnlyList<RestoreWork> Indexes)> After(SetFile file) => _large.Where(table => file.Tables.Contains(table.Oid)).Select(table =>
        (table, (IReadOnlyList<RestoreWork>)[.. Portions(_early.Where(entry => entry.Table == table && !entry.IsForeignKey), "index")]));

    /// <summary>What can be built when a table's indexes are there: foreign keys whose other table has all of its own too.</summary>
    public IReadOnlyList<RestoreWork> After(SetTable table)
    {
        lock (_built)
        {
            _built.Add(table.Oid);
            return [.. Portions(_early.Where(entry => entry.IsForeignKey && entry.Tables.Contains(table) && entry.Tables.All(one => _built.Contains(one.Oid))), "foreign key")];
        }
    }

    private IEnumerable<RestoreWork> Portions(IEnumerable<IndexEntry> entries, string what) => entries.Select(entry => new RestoreWork(With(Number(entry)),
        $"{SqlName.Show(_step.Database!)}: {SqlName.Show(entry.Table.Schema, entry.Table.Name)}, {what} {Place(entry)}", entry.Table.Bytes, IsPortion: true));

    private string Place(IndexEntry entry)
    {
        IndexEntry[] alike = [.. _early.Where(other => other.Table == entry.Table && other.IsForeignKey == entry.IsForeignKey)];
        return string.Create(CultureInfo.InvariantCulture, $"{Array.IndexOf(alike, entry) + 1} of {alike.Length}");
    }

    private RestoreStep With(string list) => _step with { Arguments = [.. _step.Arguments.SkipLast(1), "-L", List(list), _step.Arguments[^1]] };

    private string List(string which) => Path.Combine(_folder, $"{_step.Arguments[^1]}.{which}.list");

    private static string Number(IndexEntry entry) => entry.Id.ToString(CultureInfo.InvariantCulture);
}
