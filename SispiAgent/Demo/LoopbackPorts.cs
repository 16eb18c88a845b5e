using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace SispiAgent.Demo;

/// <summary>Free ports on 127.0.0.1 below the range from which the kernel picks for connections of its own (32768 and up).</summary>
internal static class LoopbackPorts
{
    private static readonly HashSet<int> Given = [];

    /// <summary>A port that is free and was not given before.</summary>
    public static int Next()
    {
        lock (Given)
        {
            while (true)
            {
                var port = RandomNumberGenerator.GetInt32(15000, 32000);
                if (!Given.Contains(port) && IsFree(port) && Given.Add(port))
                    return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
