using SispiAgent.BackupSets;
using SispiAgent.Platform;

namespace SispiAgent.Backup;

/// <summary>Writes what objects a database has, so that a restored one can be compared with it.</summary>
internal static class ObjectsFile
{
    /// <summary>Reads them from the catalog and writes them into the set.</summary>
    /// <returns>The file; <see langword="null"/> where the server is too old for it.</returns>
    public static async Task<SetFile?> WriteAsync(RunContext run, string database, string session, HeldSnapshot snapshot, TimeProvider time, CancellationToken cancellationToken)
    {
        var begin = time.GetUtcNow();
        await using var connection = snapshot.Id is { } id
            ? await SnapshotSession.OpenInAsync(run.To(database, session), run.Version, id, cancellationToken)
            : await SnapshotSession.OpenAsync(run.To(database, session), run.Version, cancellationToken);
        var objects = await CatalogObjects.ReadAsync(connection, run.Version, cancellationToken);
        if (objects.Count == 0)
            return null;
        var name = SetFileName.Objects(database);
        var path = Path.Combine(run.Folder, name);
        DurableFile.Write(path, CatalogObjects.Write(objects));
        return new(name, CatalogObjects.FileKind, database, null, null, snapshot.Id, snapshot.Lsn, begin, time.GetUtcNow(), new FileInfo(path).Length, "", []);
    }
}
