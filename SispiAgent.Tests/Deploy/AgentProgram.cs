namespace SispiAgent.Tests.Deploy;

/// <summary>The program itself, as it was built beside the tests.</summary>
internal static class AgentProgram
{
    public static string Folder { get; } = AppContext.BaseDirectory.TrimEnd('/');

    public static string Path { get; } = System.IO.Path.Combine(Folder, "SispiAgent");
}
