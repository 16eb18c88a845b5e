namespace SispiAgent.BackupSets;

/// <summary>
/// What belongs to a database itself: <c>ALTER DATABASE … SET</c>, its rights, its comment. <c>pg_restore -C</c> brings them, after a CREATE DATABASE as pg_dump wrote it; since
/// 15 that names a locale provider, which servers up to 14 do not know. There the database is created first, and they follow.
/// </summary>
internal static class DatabaseProperties
{
    /// <summary>The first version of pg_dump that writes it, and of the server that reads it.</summary>
    private const int FirstWithProvider = 15;

    /// <summary>pg_restore writes what belongs to the database itself alone with -C; what comes before its <c>\connect</c> is the creation.</summary>
    private const string Script =
        """set -o pipefail; pg_restore -C -f - -L <(pg_restore -C -l "$0" | grep -E ' (ACL|COMMENT|SECURITY LABEL) - DATABASE ') "$0" | sed -e '1,/^\\connect /d' -e '/^\\\(un\)\{0,1\}restrict /d' | psql -X -q -w -o /dev/null -v ON_ERROR_STOP=1 -d postgres""";

    /// <summary>Whether they need a step of their own.</summary>
    public static bool AreApart(SetManifest manifest) => manifest.ServerVersionNumber / 10000 < FirstWithProvider && Major(manifest.ClientVersion) >= FirstWithProvider;

    /// <summary>The step. Its file is the last argument, in the set's folder.</summary>
    public static RestoreStep Step(SetManifest manifest, SetDatabase database)
    {
        SetFile[] files = [.. manifest.Files.Where(file => file.Kind == "dump" && file.Database == database.Name)];
        return new(RestorePhase.Definitions, database.Name, "bash", ["-c", Script, (files.FirstOrDefault(file => file.UnitKind is UnitKind.Definitions) ?? files[0]).Name], 0);
    }

    private static int Major(string version) => int.TryParse(version.Split('.', ' ', 'b', 'r', 'd')[0], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var major) ? major : 0;
}
