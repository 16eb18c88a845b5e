using System.Globalization;
using System.Text;
using SispiAgent.Processes;

namespace SispiAgent.BackupSets;

/// <summary><c>RESTORE.md</c>: how the set is restored by stock PostgreSQL, without the agent. A test executes its commands literally.</summary>
internal static class RestoreGuide
{
    /// <summary>Its name in a set's folder.</summary>
    public const string Name = "RESTORE.md";

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
            .AppendLine("(that the role you log in as exists already is the one error to be expected there), then each database: its definitions, the rows of each file, indexes and")
            .AppendLine("constraints, materialized views; then the statistics. A database may have been set to read only or to limits, which must not hinder this: hence the first line. The order counts; a command that fails ends it, and says which object and why.").AppendLine();
        if (tablespaces.Count > 0)
            text.AppendLine("These tablespaces' directories have to be there, empty and owned by the server's user, before the roles are read:").AppendLine().AppendLine(string.Concat(tablespaces.Select(folder => $"- `{folder}`\n")));
        if (Needs(manifest) is { Count: > 0 } needs)
            text.AppendLine("The server needs, beside PostgreSQL itself:").AppendLine().AppendLine(string.Concat(needs.Select(need => $"- {need}\n")));
        Fenced(text, RestorePlan.Everything(manifest));
        text.AppendLine("`-j 4` restores a file with four sessions at once; the rows of several files may be restored side by side.").AppendLine();
        if (RestorePlan.Ordered(manifest).OrderByDescending(database => database.Units.Count).FirstOrDefault() is { } example)
            Parts(text, manifest, example);
        text.AppendLine("## The configuration").AppendLine().AppendLine("`configuration/` holds copies of the server's configuration files as they were; compare before you put one in place.");
        return text.Replace("\r\n", "\n").ToString();
    }

    /// <summary>What a stock server may lack: locales, extensions, providers of security labels, each with the databases that have them.</summary>
    private static IReadOnlyList<string> Needs(SetManifest manifest)
    {
        string[] always = ["C", "POSIX", "plpgsql"];
        var wanted = manifest.Databases.SelectMany(database => ((string[])[database.Collate, database.CharacterType]).Select(locale => (Name: locale, What: $"the locale `{locale}`"))
            .Concat(database.Extensions.Select(extension => (extension.Name, What: $"the extension `{extension.Name}`, {extension.Version} or one that can be updated from it")))
            .Concat(database.LabelProviders.Select(provider => (Name: "", What: $"the provider of security labels `{provider}`, loaded by shared_preload_libraries")))
            .Concat(database.Locale is { } sorted ? [(Name: "", What: $"databases sorted by `{sorted}`")] : [])
            .Concat(database.Collations.Select(Need))
            .Where(need => !always.Contains(need.Name)).Select(need => (need.What, Database: SqlName.Show(database.Name))));
        return [.. wanted.Distinct().GroupBy(need => need.What, need => need.Database).Select(need => $"{need.Key} ({string.Join(", ", need)})")];
    }

    private static (string Name, string What) Need(SetCollation collation) =>
        collation.IsOfSystem ? ("", $"the system's collation `{collation.Name}`: its locale has to be there before initdb")
        : collation.Provider != "libc" ? ("", $"collations by `{collation.Kind}`")
        : (collation.Collate ?? "", $"the locale `{collation.Collate}`");

    /// <summary>A database under another name, and one table.</summary>
    private static void Parts(StringBuilder text, SetManifest manifest, SetDatabase database)
    {
        text.AppendLine("## One database under another name").AppendLine().AppendLine("Into a server that has its roles. What is set for the database itself (`ALTER DATABASE`, its rights) does not come with it.").AppendLine();
        Indented(text, RestorePlan.As(manifest, database, "other_name").Select(step => step.ToString()));
        if (database.Tables.Where(table => table.Unit is not null).MaxBy(table => table.Bytes) is not { } table || manifest.Files.FirstOrDefault(file => file.Database == database.Name && file.Unit == table.Unit) is not { } file)
            return;
        text.AppendLine("## One table").AppendLine()
            .AppendLine("`manifest.json` says for each table in which unit, and so in which file, its rows are. Into a scratch database first, never over the living table; what the table")
            .AppendLine(CultureInfo.InvariantCulture, $"needs (types, functions) has to be there, or comes from `{(database.Units.FirstOrDefault(unit => unit.Kind is UnitKind.Definitions)?.File ?? file.Name)}`. For example:").AppendLine();
        Indented(text,
        [
            "createdb -T template0 scratch",
            .. database.Units.FirstOrDefault(unit => unit.Kind is UnitKind.Definitions) is { } definitions ? [$"pg_restore --section=pre-data -d scratch {ToolCommand.Quote(definitions.File)}"] : Array.Empty<string>(),
            $"pg_restore {(file.UnitKind is UnitKind.Whole or null ? "" : "-a ")}-d scratch -n {ToolCommand.Quote(table.Schema)} -t {ToolCommand.Quote(table.Name)} {ToolCommand.Quote(file.Name)}",
        ]);
    }

    private static void Indented(StringBuilder text, IEnumerable<string> lines) => text.AppendJoin('\n', lines.Select(line => $"    {line}")).AppendLine().AppendLine();

    private static void Fenced(StringBuilder text, IEnumerable<RestoreStep> steps)
    {
        text.AppendLine("```sh").AppendLine(CultureInfo.InvariantCulture, $"export PGOPTIONS='{RestorePlan.SessionOptions}'");
        string? database = null;
        foreach (var step in steps)
        {
            if (step.Database is { } name && name != database)
                text.AppendLine(CultureInfo.InvariantCulture, $"# {SqlName.Show(database = name)}");
            text.AppendLine(step.ToString());
        }

        text.AppendLine("```").AppendLine();
    }
}
