using System.Text.Json.Nodes;
using Npgsql;
using SispiAgent.BackupSets;
using SispiAgent.Postgres;
using SispiAgent.Tests.Backup;

namespace SispiAgent.Tests.Restore;

/// <summary>Sites with sets to restore from.</summary>
internal static class Sets
{
    /// <summary>The sample, with decam_prd divided.</summary>
    public static async Task<(BackupSite Site, BackupSet Set)> SampleAsync(string more = "", string database = "decam_prd")
    {
        var site = await BackupSite.StartSampleAsync(new JsonObject { ["CopyRequired"] = false, ["Databases"] = new JsonObject { ["decam_prd"] = new JsonObject() } });
        if (more.Length > 0)
            await site.Server.ExecuteAsync(more, database);
        return (site, (await site.RunAsync()).Set);
    }

    public static NpgsqlConnectionStringBuilder To(ScratchServer server) => new(server.ConnectionString("postgres"));

    public static async Task<string> TextAsync(ScratchServer server, string database, string sql)
    {
        await using var connection = await server.OpenAsync(database, default);
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToString(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture)!;
    }
}
