using SispiAgent.Processes;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Deploy;

/// <summary>A system image (a folder) into which <c>deploy/install.sh</c> installs the program that was built beside the tests.</summary>
internal sealed class InstalledRoot : IDisposable
{
    private readonly TempFolder _folder = new();

    public string Root => _folder["root"];

    public InstalledRoot()
    {
        Requires.That(Environment.UserName == "root", "root");
        Directory.CreateDirectory(Path.Combine(Root, "etc"));
        File.WriteAllText(this["etc/passwd"], "postgres:x:4711:4712::/var/lib/postgresql:/bin/sh\ncodemanager:x:5000:5001::/home/codemanager:/bin/sh\n");
    }

    public string this[string path] => Path.Combine(Root, path);

    public Task<ToolResult> InstallAsync(params string[] more) => ScriptAsync("install.sh", ["--root", Root, "--from", Path.GetDirectoryName(AgentProgram.FilePath)!, .. more]);

    public Task<ToolResult> UninstallAsync(params string[] more) => ScriptAsync("uninstall.sh", ["--root", Root, .. more]);

    public async Task<string> OwnerAsync(string path) =>
        (await ToolRunner.RunToSuccessAsync(new ToolCommand("stat", ["-c", "%u:%g %a", this[path]]), default)).Output.Trim();

    public void Dispose() => _folder.Dispose();

    private static Task<ToolResult> ScriptAsync(string name, string[] arguments) =>
        ToolRunner.RunAsync(new ToolCommand("bash", [Repository.Path("deploy", name), .. arguments]) { Timeout = TimeSpan.FromMinutes(5) }, default);
}
