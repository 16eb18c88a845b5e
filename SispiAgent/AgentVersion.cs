using System.Reflection;

namespace SispiAgent;

/// <summary>This agent's version.</summary>
internal static class AgentVersion
{
    /// <summary>As <c>--version</c> says it, without the build's commit.</summary>
    public static string Text { get; } = typeof(AgentVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
