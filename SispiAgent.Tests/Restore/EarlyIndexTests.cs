using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using SispiAgent.Platform;
using SispiAgent.Tests.Backup;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Restore;

[Category("Postgres")]
internal sealed class EarlyIndexTests
{
    /// <summary>Tables of 18 MB with all that hangs on them; the index on slow takes a second.</summary>
    private const string Large = """
        CREATE TABLE public.small (id int PRIMARY KEY, big int);
        INSERT INTO public.small SELECT g, g FROM generate_series(1, 50) g;
        CREATE FUNCTION public.slow(i int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN IF i % 400 = 0 THEN PERFORM pg_sleep(0.1); END IF; RETURN i; END $$;
        CREATE TABLE public.big (id int, twin int, pad text);
        ALTER TABLE public.big ALTER pad SET STORAGE PLAIN;
        INSERT INTO public.big SELECT g, g, repeat('x', 3800) FROM generate_series(1, 4600) g;
        ALTER TABLE public.big ADD PRIMARY KEY (id), ADD CONSTRAINT big_twin UNIQUE (twin), ADD CONSTRAINT big_no_two EXCLUDE (id WITH =), ADD CONSTRAINT big_small FOREIGN KEY (twin) REFERENCES public.big;
        ALTER TABLE public.small ADD FOREIGN KEY (big) REFERENCES public.big;
        CREATE INDEX "slow ""one"" index" ON public.big (public.slow(id));
        CREATE UNIQUE INDEX big_replica ON public.big (twin, id);
        ALTER TABLE public.big ALTER twin SET NOT NULL, REPLICA IDENTITY USING INDEX big_replica, CLUSTER ON big_twin;
        COMMENT ON INDEX public.big_replica IS 'who is who';
        CREATE TABLE public.parted (id int PRIMARY KEY, pad text) PARTITION BY RANGE (id);
        CREATE TABLE public.parted_1 PARTITION OF public.parted FOR VALUES FROM (0) TO (10000);
        ALTER TABLE public.parted_1 ALTER pad SET STORAGE PLAIN;
        INSERT INTO public.parted SELECT g, repeat('x', 3800) FROM generate_series(1, 4600) g;
        CREATE INDEX ON public.parted ((id * 2));
        ALTER TABLE public.parted_1 ADD FOREIGN KEY (id) REFERENCES public.big;
        CREATE INDEX parted_own ON public.parted_1 (id, (length(pad)));
        CREATE MATERIALIZED VIEW public.seen AS SELECT id FROM public.big;
        CREATE UNIQUE INDEX ON public.seen (id);
        CREATE TABLE public.few (id int);
        INSERT INTO public.few SELECT g FROM generate_series(1, 15) g;
        CREATE INDEX few_slow ON public.few (public.slow(id * 400));
        """;

    [Test]
    public async Task The_indexes_of_a_large_table_come_by_themselves_and_a_restore_killed_among_them_goes_on()
    {
        await using var site = await BackupSite.StartAsync(new JsonObject { ["CopyRequired"] = false, ["LargeTableBytes"] = 16 << 20, ["Databases"] = new JsonObject { ["decam_prd"] = new JsonObject() } });
        site.Edit(root => root["Restore"] = new JsonObject { ["Parallel"] = 2 });
        await site.Server.ExecuteAsync("CREATE DATABASE decam_prd");
        await site.Server.ExecuteAsync(Large, "decam_prd");
        await site.RunAsync();
        await using var empty = await PostgresServers.StartPrimaryAsync();
        await KilledAsync(site, ["--host", empty.SocketDirectory, "--port", empty.Port.ToString(CultureInfo.InvariantCulture), "--user", "postgres"],
            async () => await Sets.TextAsync(empty, "postgres", "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX%slow \"\"one%'") != "0");
        Assert.That(Steps(site), Has.Some.Contains(".list").And.None.Contains(".rest.list"), "killed too late to tell anything");
        // the second time among the rest: partitions' indexes, some of them built early, hang on their parents by now
        await KilledAsync(site, ["--resume"], async () => await Sets.TextAsync(empty, "postgres", "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX few_slow%'") != "0"
            && await Sets.TextAsync(empty, "decam_prd", "SELECT count(*) FROM pg_inherits WHERE inhparent::regclass::text IN ('parted_pkey', 'parted_expr_idx')") == "2");

        site.Edit(root => root["Restore"] = new JsonObject { ["Parallel"] = 1 });
        var resumed = await AgentProgram.RunAsync("restore", "--resume", "--config", site.ConfigurationFile());

        Assert.That(resumed.ExitCode, Is.Zero, resumed.Output + resumed.ErrorTail);
        Assert.That(resumed.Output, Does.Contain("tables have the rows that the manifest says"));
        const string Indexes = "SELECT string_agg(pg_get_indexdef(indexrelid) || indisvalid || indisclustered || indisreplident, E'\\n' ORDER BY indexrelid::regclass::text) FROM pg_index WHERE indrelid::regclass::text !~ '^pg_'";
        Assert.That(await Sets.TextAsync(empty, "decam_prd", Indexes), Is.EqualTo(await Sets.TextAsync(site.Server, "decam_prd", Indexes)).And.Contains("slow \"\"one"));
        string[] done = [.. Steps(site).Where(line => line.Contains("\"done\"", StringComparison.Ordinal) && line.Contains(".list", StringComparison.Ordinal))];
        Assert.That(done.Count(line => !line.Contains(".rest.list", StringComparison.Ordinal)), Is.EqualTo(10), "big: key, unique, exclusion, two indexes, foreign key; parted_1: key, its parent's index, its own, foreign key");
        Assert.That(done[^1], Does.Contain(".rest.list"));
        Assert.That(Directory.GetDirectories(Journals(site)), Is.Empty);
    }

    private static async Task KilledAsync(BackupSite site, string[] arguments, Func<Task<bool>> isTime)
    {
        using var restoring = Process.Start(new ProcessStartInfo(AgentProgram.FilePath, ["restore", "--config", site.ConfigurationFile(), .. arguments]) { RedirectStandardOutput = true })!;
        restoring.BeginOutputReadLine();
        await Eventually.TrueAsync(async () => restoring.HasExited || await isTime(), "the moment to kill it");
        Assert.That(restoring.HasExited, Is.False, "ended before it could be killed");
        ProcessSignal.Send(restoring.Id, ProcessSignal.Kill);
        await restoring.WaitForExitAsync();
    }

    private static string Journals(BackupSite site) => Path.Combine(site.State(), "restores");

    private static string[] Steps(BackupSite site) => File.ReadAllLines(Directory.GetFiles(Journals(site)).Single());
}
