using SispiAgent.Postgres;

namespace SispiAgent.Tests.Support;

/// <summary>
/// The machine's PostgreSQL, copied as far as it takes for an extension of the tests' own, <c>sispi_torture</c>: none of PostgreSQL's has configuration
/// tables, and root's folders are left alone. Its servers also know a locale of the tests' own, which the machine lacks.
/// </summary>
internal static class ExtendedPostgres
{
    /// <summary>The locale: C's rules under another name.</summary>
    public const string Locale = "sispi_XX.utf8";

    /// <summary>Gives an installation a version 1.1 of the extension, to which 1.0 can be updated, as the one that is taken.</summary>
    public static void AddNewerExtension(string folder, PostgresInstallation extended)
    {
        var extensions = Path.Combine(folder, $"usr/share/postgresql/{extended.Major}/extension");
        File.Delete(Path.Combine(extensions, "sispi_torture.control"));
        File.WriteAllText(Path.Combine(extensions, "sispi_torture.control"), "default_version = '1.1'\nrelocatable = false\n");
        File.WriteAllText(Path.Combine(extensions, "sispi_torture--1.0--1.1.sql"), "CREATE FUNCTION @extschema@.newer() RETURNS int LANGUAGE sql AS 'SELECT 1';\n");
    }

    public static PostgresInstallation Install(string folder)
    {
        var machine = Requires.Postgres();
        var (lib, share) = ($"/usr/lib/postgresql/{machine.Major}", $"/usr/share/postgresql/{machine.Major}");
        Requires.That(machine.BinDirectory == $"{lib}/bin" && Directory.Exists(share), "PostgreSQL in Debian's folders, to be copied with one more extension");

        // programs find their folders from where they really are: those that need them have to be copies
        var bin = Directory.CreateDirectory(Path.Combine(folder, lib[1..], "bin")).FullName;
        foreach (var program in Directory.EnumerateFiles(machine.BinDirectory))
        {
            var here = Path.Combine(bin, Path.GetFileName(program));
            if (Path.GetFileName(program) is "postgres" or "pg_ctl" or "initdb")
                File.Copy(program, here);
            else
                File.CreateSymbolicLink(here, program);
        }

        // their tails are what counts: lib/postgresql/N/bin beside share/postgresql/N
        File.CreateSymbolicLink(Path.Combine(folder, lib[1..], "lib"), $"{lib}/lib");
        var shared = Directory.CreateDirectory(Path.Combine(folder, share[1..])).FullName;
        foreach (var entry in Directory.EnumerateFileSystemEntries(share).Where(entry => Path.GetFileName(entry) != "extension"))
            File.CreateSymbolicLink(Path.Combine(shared, Path.GetFileName(entry)), entry);
        var extensions = Directory.CreateDirectory(Path.Combine(shared, "extension")).FullName;
        foreach (var file in Directory.EnumerateFiles($"{share}/extension").Concat(Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Backup", "Extension"))))
            File.CreateSymbolicLink(Path.Combine(extensions, Path.GetFileName(file)), file);
        AddLocale(folder, bin);
        return new PostgresInstallation(bin, machine.Major);
    }

    /// <summary>The server finds it by an environment variable, which pg_ctl and initdb hand on no more than any other: so a script sets it.</summary>
    private static void AddLocale(string folder, string bin)
    {
        const string Known = "/usr/lib/locale/C.utf8";
        Requires.That(Directory.Exists(Known), $"a compiled locale in {Known}");
        Directory.CreateSymbolicLink(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "locales")).FullName, Locale), Known);
        var server = Path.Combine(bin, "postgres");
        File.Move(server, server + ".real");
        WriteScript(server, $"PATH='{folder}/listing':$PATH LOCPATH='{folder}/locales' exec \"$0.real\" \"$@\"");
        // initdb makes a collation of each locale that this lists; the machine's own looks into no other folder
        WriteScript(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "listing")).FullName, "locale"), $"[ \"$*\" != -a ] || echo {Locale}\nexec /usr/bin/locale \"$@\"");
    }

    private static void WriteScript(string path, string text)
    {
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
    }
}
