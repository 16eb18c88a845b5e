using Npgsql;
using SispiAgent.Demo;
using SispiAgent.Postgres;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Backup;

[Category("Postgres")]
internal sealed class RestoreGuideTests
{
    private const string Objects = """
        SELECT n.nspname || '.' || c.relname || ' ' || c.relkind::text || ' ' || pg_get_userbyid(c.relowner) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        UNION ALL SELECT 'column ' || c.oid::regclass::text || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || a.attnotnull::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT attisdropped WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        UNION ALL SELECT 'constraint ' || conname || ' ' || conrelid::regclass::text || ' ' || contype::text FROM pg_constraint WHERE conrelid <> 0
        UNION ALL SELECT 'function ' || p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        UNION ALL SELECT 'large object ' || m.oid || ' ' || md5(lo_get(m.oid)) || pg_get_userbyid(m.lomowner) FROM pg_largeobject_metadata m
        UNION ALL SELECT 'setting ' || coalesce(d.datname, '') || coalesce(r.rolname, '') || s.setconfig::text FROM pg_db_role_setting s LEFT JOIN pg_database d ON d.oid = s.setdatabase LEFT JOIN pg_roles r ON r.oid = s.setrole
        UNION ALL SELECT 'role ' || rolname || rolsuper::text || rolcanlogin::text || rolconnlimit FROM pg_roles WHERE rolname !~ '^pg_'
        UNION ALL SELECT 'sequence ' || schemaname || '.' || sequencename || ' ' || coalesce(last_value::text, '-') FROM pg_sequences
        ORDER BY 1
        """;

    [Test]
    public async Task The_guides_commands_executed_literally_by_a_shell_restore_the_same_objects_and_rows()
    {
        await using var site = await BackupSite.StartSampleAsync();
        const string odd = "-od=d \"$HOME\" 'Base";
        await site.Server.ExecuteAsync($"CREATE DATABASE {'"'}{odd.Replace("\"", "\"\"", StringComparison.Ordinal)}{'"'}");
        await site.Server.ExecuteAsync("CREATE TABLE \"T a.b*\"(\"C d\" int); INSERT INTO \"T a.b*\" VALUES (1), (2)", odd);
        // settings of a database that would hinder its dump, and its restore
        await site.Server.ExecuteAsync("ALTER DATABASE decam_prd SET client_encoding = 'LATIN1'; ALTER DATABASE decam_prd SET default_transaction_read_only = on");
        var set = (await site.RunAsync()).Set;

        await using var empty = await PostgresServers.StartPrimaryAsync();
        await GuideShell.RunAsync(set, empty);

        Assert.That(set.Manifest.Databases.Select(database => database.Name), Is.SupersetOf(SampleDatabase.Databases.Append(odd)));
        foreach (var database in set.Manifest.Databases)
        {
            Assert.That(await ReadAsync(empty, database.Name, Objects), Is.EqualTo(await ReadAsync(site.Server, database.Name, Objects)), database.Name);
            foreach (var table in database.Tables.Where(table => table.Rows is not null))
            {
                var name = $"\"{table.Schema.Replace("\"", "\"\"", StringComparison.Ordinal)}\".\"{table.Name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
                var content = $"SELECT count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)), 0) FROM ONLY {name} t";
                var there = await ReadAsync(empty, database.Name, content);
                Assert.That(there, Is.EqualTo(await ReadAsync(site.Server, database.Name, content)), name);
                Assert.That(there[0], Does.StartWith($"{table.Rows} "), name);
            }
        }
    }

    private static async Task<List<string>> ReadAsync(ScratchServer server, string database, string sql)
    {
        await using var connection = await server.OpenAsync(database, default);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await using var rows = await command.ExecuteReaderAsync();
        List<string> found = [];
        while (await rows.ReadAsync())
            found.Add(rows.GetString(0));
        return found;
    }
}
