using System.Globalization;
using SispiAgent.Postgres;

namespace SispiAgent.Tests.Support;

/// <summary>Servers of PostgreSQL 10 to 18, which deploy/lib/servers.sh installs. They have no client tools, and 9.x can't be had.</summary>
internal static class Versions
{
    public static int[] Majors { get; } = [10, 11, 12, 13, 14, 15, 16, 17, 18];

    public static PostgresInstallation Require(int major)
    {
        Requires.Postgres(); // and an ordinary user
        var folder = Environment.GetEnvironmentVariable("SISPI_TEST_SERVERS") is { Length: > 0 } given ? given : "/var/cache/sispi-agent-tests";
        var installation = new PostgresInstallation(Path.Combine(folder, major.ToString(CultureInfo.InvariantCulture), "native", "bin"), major);
        Requires.That(installation.Has("postgres") && installation.Has("initdb"), $"a server of PostgreSQL {major} in {folder} (deploy/test.sh installs it)");
        return installation;
    }
}
