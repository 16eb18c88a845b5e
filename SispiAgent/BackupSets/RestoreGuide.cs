using System.Globalization;
using System.Text;
using SispiAgent.Processes;

namespace SispiAgent.BackupSets;

/// <summary><c>RESTORE.md</c>: how the set is restored by stock PostgreSQL, without the agent. A test executes its commands literally.</summary>
internal static class RestoreGuide
{
    /// <summary>Its name in a set's folder.</summary>
    public const string Name = "RESTORE.md";

    /// <summary>Databases that every new server has already: nothing creates them, what is missing is put in.</summary>
    private static readonly string[] AlwaysThere = ["postgres", "template1"];

    /// <summary>The guide for a set.</summary>
    /// <param name="manifest">The set; its hashes are not used.</param>
    /// <param name="tablespaces">Directories of tablespaces, which have to be there before the globals are read.</param>
    public static string Write(SetManifest manifest, IReadOnlyList<string> tablespaces)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"# Restoring {manifest.Origin}/{manifest.Name}").AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"From PostgreSQL {manifest.ServerVersion}, dumped by pg_dump {manifest.ClientVersion}. Needs pg_restore {manifest.LowestPgRestore} or newer, psql {manifest.LowestPsql}, and a server of")
            .AppendLine("the same major version or a newer one. The agent is not needed.").AppendLine()
            .AppendLine("## Everything, into an empty server").AppendLine()
            .AppendLine("In this folder, with `PGHOST`, `PGPORT` and `PGUSER` set to a superuser of the new server. First that the files are as they were written, then the roles")
            .AppendLine("(that the role you log in as exists already is the one error to be expected there), then the databases, then the statistics.").AppendLine();
        if (tablespaces.Count > 0)
            text.AppendLine("These tablespaces' directories have to be there, empty and owned by the server's user, before the roles are read:").AppendLine().AppendLine(string.Concat(tablespaces.Select(folder => $"- `{folder}`\n")));
        Block(text, ["sha256sum --check --quiet SHA256SUMS", "psql -X -q -d postgres -f globals.sql", .. Dumps(manifest).Select(Restore), "vacuumdb --all --analyze-only"]);
        text.AppendLine("## One database under another name").AppendLine();
        if (Dumps(manifest).FirstOrDefault(file => !AlwaysThere.Contains(file.Database)) is { } example)
            text.AppendLine("    createdb -T template0 other_name").AppendLine(CultureInfo.InvariantCulture, $"    pg_restore -d other_name {Quote(example.Name)}").AppendLine().AppendLine("`-j 4` restores with four sessions at once; `-l` lists what is in a file; `-n SCHEMA -t TABLE` restores one table.").AppendLine();
        text.AppendLine("## The configuration").AppendLine().AppendLine("`configuration/` holds copies of the server's configuration files as they were; compare before you put one in place.");
        return text.Replace("\r\n", "\n").ToString();
    }

    private static IEnumerable<SetFile> Dumps(SetManifest manifest) => manifest.Files.Where(file => file.Kind == "dump").OrderBy(file => AlwaysThere.Contains(file.Database) ? 0 : 1);

    private static string Restore(SetFile file) => AlwaysThere.Contains(file.Database) ? $"pg_restore -d {file.Database} {Quote(file.Name)}" : $"pg_restore -C -d postgres {Quote(file.Name)}";

    private static string Quote(string name) => ToolCommand.Quote(name);

    private static void Block(StringBuilder text, IEnumerable<string> lines) => text.AppendLine("```sh").AppendJoin("\n", lines).AppendLine().AppendLine("```").AppendLine();
}
