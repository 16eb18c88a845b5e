using SispiAgent.Postgres;

namespace SispiAgent.Tests.Support;

/// <summary>
/// The machine's PostgreSQL, copied as far as it takes for an extension of the tests' own, <c>sispi_torture</c>: none of PostgreSQL's has configuration
/// tables, and root's folders are left alone.
/// </summary>
internal static class ExtendedPostgres
{
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
        return new PostgresInstallation(bin, machine.Major);
    }
}
