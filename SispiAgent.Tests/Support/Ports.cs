using SispiAgent.Demo;

namespace SispiAgent.Tests.Support;

/// <summary>Free ports, the demo's too: both give none twice.</summary>
internal static class Ports
{
    public static int Next() => LoopbackPorts.Next();
}
