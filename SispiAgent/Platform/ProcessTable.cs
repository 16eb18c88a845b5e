using System.Globalization;
using System.Text;

namespace SispiAgent.Platform;

/// <summary>The processes of this host, from Linux's <c>/proc</c>. Elsewhere it can't be looked at, which is said.</summary>
internal static class ProcessTable
{
    /// <summary>One process: id, parent, state letter, command line with NULs.</summary>
    internal readonly record struct Row(int Id, int Parent, char State, string CommandLine);

    /// <summary>A process and its children.</summary>
    /// <returns>Empty if it does not run; the process first.</returns>
    /// <exception cref="PlatformNotSupportedException">There is no <c>/proc</c> here.</exception>
    public static IReadOnlyList<Row> WithChildren(int processId)
    {
        if (!Directory.Exists("/proc/self"))
            throw new PlatformNotSupportedException("The process table can be read on Linux only.");
        if (Read(processId) is not { State: not ('Z' or 'X') } parent)
            return [];
        return
        [
            parent,
            .. Directory.EnumerateDirectories("/proc")
                .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? Read(id) : null)
                .OfType<Row>().Where(row => row.Parent == processId && row.State is not ('Z' or 'X')),
        ];
    }

    /// <summary>proc(5), stat: pid (name) state ppid …: the name may hold anything, so its last parenthesis counts.</summary>
    private static Row? Read(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return new(id, int.Parse(fields[1], CultureInfo.InvariantCulture), fields[0][0], Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{id}/cmdline")));
        }
        catch (IOException)
        {
            return null; // it ended between the listing and the look
        }
    }
}
