using System.Globalization;
using SispiAgent.Cluster;
using SispiAgent.Platform;

namespace SispiAgent.Readiness;

/// <summary>Whether this host's server could log in to others for replication, with the pass file as libpq reads it. No password is ever read out.</summary>
internal static class PasswordReader
{
    /// <summary>Looks for each other database host.</summary>
    /// <param name="site">The site.</param>
    /// <param name="recovery">What the server does as a standby.</param>
    /// <param name="upstream">The words of its connection string.</param>
    /// <param name="configured"><c>Postgres:PassFile</c>.</param>
    /// <param name="user">The role for replication.</param>
    public static IReadOnlyList<PasswordWord> Read(Site site, RecoveryWords recovery, IReadOnlyDictionary<string, string> upstream, string configured, string user)
    {
        var file = upstream.GetValueOrDefault("passfile") ?? (configured.Length > 0 ? configured : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".pgpass"));
        var problem = File.Exists(file) ? PassFile.Problem(file) : $"the pass file {file} is not there";
        string[] lines = problem is null ? File.ReadAllLines(file) : [];
        return
        [
            .. from node in site.Servers
               where node.Kind is NodeKind.Database && node != site.Self
               let port = node.Port.ToString(CultureInfo.InvariantCulture)
               let isUpstream = recovery.File is not null && recovery.UpstreamHost is not null && (recovery.UpstreamPort ?? "5432") == port
               let host = isUpstream ? recovery.UpstreamHost! : node.Address
               let role = isUpstream ? recovery.User ?? user : user
               let has = upstream.GetValueOrDefault("password") is { Length: > 0 } && isUpstream
               select new PasswordWord(node.Name, file, has || PassFileEntry.Exists(lines, host, port, "replication", role), has ? null : problem, $"{host}:{port}:replication:{role}:PASSWORD"),
        ];
    }
}
