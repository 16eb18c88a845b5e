using SispiAgent.Postgres;

namespace SispiAgent.Tests.Support;

/// <summary>What a test needs of the machine: skipped visibly on a laptop that lacks it, failed where <c>CI</c> is set.</summary>
internal static class Requires
{
    public static PostgresInstallation Postgres()
    {
        var found = PostgresInstallation.FindAll().FirstOrDefault(installation => installation.Has("initdb") && installation.Has("postgres") && installation.Has("pg_dump"));
        That(found is not null, "PostgreSQL with its server and client programs");
        That(Environment.UserName != "root", "an ordinary user (PostgreSQL refuses to run as root; deploy/test.sh switches)");
        return found!;
    }

    public static void Program(string path) => That(File.Exists(path), path);

    public static void That(bool there, string what)
    {
        if (there)
            return;
        if (Environment.GetEnvironmentVariable("CI") is { Length: > 0 })
            Assert.Fail($"This machine lacks {what}.");
        Assert.Ignore($"This machine lacks {what}.");
    }
}
