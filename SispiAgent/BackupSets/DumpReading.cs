using SispiAgent.Postgres;
using SispiAgent.Processes;

namespace SispiAgent.BackupSets;

/// <summary>Reads a dump to its end. Its table of contents alone says nothing: <c>pg_restore -l</c> also lists a file that was cut short.</summary>
internal static class DumpReading
{
    /// <summary>Reads one file.</summary>
    /// <returns>What is wrong with it; <see langword="null"/> if nothing.</returns>
    public static async Task<string?> ReadAsync(PostgresInstallation tools, string file, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var nowhere = Path.DirectorySeparatorChar == '\\' ? "NUL" : "/dev/null";
        var result = await ToolRunner.RunAsync(new ToolCommand(tools.Program("pg_restore"), ["-f", nowhere, file]) { Timeout = timeout }, cancellationToken);
        return result.ExitCode == 0 ? null : $"{Path.GetFileName(file)}: pg_restore can't read it to its end (exit code {result.ExitCode}): {result.ErrorTail.Trim().ReplaceLineEndings(" / ")}";
    }
}
