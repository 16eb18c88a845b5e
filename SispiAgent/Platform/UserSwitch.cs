using System.Collections;
using System.Runtime.InteropServices;
using System.Text;

namespace SispiAgent.Platform;

/// <summary>
/// Root lays its rights down: the same command goes on as another user, in the same process (execve), so that its id, terminal and
/// exit code stay what the caller knows.
/// </summary>
internal static partial class UserSwitch
{
    private static readonly string[] Programs = ["/usr/bin/setpriv", "/bin/setpriv"];

    /// <summary>Whether the platform has users to switch between.</summary>
    public static bool IsPossible => OperatingSystem.IsLinux();

    /// <summary>Whether this process is root's.</summary>
    public static bool IsRoot => OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess;

    /// <summary>Runs this very command again as a user. Returns only to throw.</summary>
    /// <exception cref="AgentException">It could not be done; nothing has changed.</exception>
    public static void RunAgainAs(UserAccount user)
    {
        var setpriv = Programs.FirstOrDefault(File.Exists) ?? throw new AgentException("setpriv is not there, so root can't become another user.", $"Install util-linux, or run it as {user.Name}: sudo -u {user.Name} ...");
        string?[] arguments = [setpriv, $"--reuid={user.Name}", $"--regid={GroupOf(user)}", "--init-groups", "--", Environment.ProcessPath!, .. OwnArguments(), null];
        var variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value);
        (variables["HOME"], variables["USER"], variables["LOGNAME"]) = (user.Home, user.Name, user.Name);

        _ = Execute(setpriv, arguments, [.. variables.Select(variable => $"{variable.Key}={variable.Value}"), null]);
        throw new AgentException($"{setpriv} could not be run (errno {Marshal.GetLastPInvokeError()}).", $"Run it as {user.Name}: sudo -u {user.Name} ...");
    }

    /// <summary>What stood behind the program's name, "dotnet SispiAgent.dll" included.</summary>
    private static string[] OwnArguments() => [.. Encoding.UTF8.GetString(File.ReadAllBytes("/proc/self/cmdline")).Split('\0')[1..^1]];

    private static string GroupOf(UserAccount user) => user.GroupId.ToString(System.Globalization.CultureInfo.InvariantCulture);

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments, string?[] variables);
}
