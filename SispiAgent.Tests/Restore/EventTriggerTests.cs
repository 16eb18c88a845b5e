using SispiAgent.BackupSets;
using SispiAgent.Cli;
using SispiAgent.Restore;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Restore;

[Category("Postgres")]
internal sealed class EventTriggerTests
{
    [Test]
    public async Task Event_triggers_of_the_set_do_not_fire_on_the_restore_that_brings_them()
    {
        var (site, set) = await Sets.SampleAsync("""
            CREATE TABLE public.counted (a int); INSERT INTO public.counted VALUES (1), (2);
            CREATE MATERIALIZED VIEW public.counts AS SELECT count(*) AS n FROM public.counted;
            CREATE TABLE public.witness (what text);
            CREATE FUNCTION public.nobody() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.witness VALUES (tg_tag); RAISE 'nobody changes anything here: %', tg_tag; END $$;
            CREATE EVENT TRIGGER nobody ON ddl_command_end EXECUTE FUNCTION public.nobody();
            CREATE EVENT TRIGGER nobody_drops ON sql_drop EXECUTE FUNCTION public.nobody();
            """);
        await using var mine = site;
        using var host = site.Open();

        var drill = await host.Get<Drill>().RunAsync(set, new Progress<RestoreProgress>(), default);
        Assert.That(drill.Problems, Is.Empty);
        Assert.That(drill.Verdict, Is.EqualTo(DrillVerdict.Passed));

        await using var empty = await PostgresServers.StartPrimaryAsync();
        await GuideShell.RunAsync(set, empty);
        Assert.That(await Sets.TextAsync(empty, "decam_prd", "SELECT n || ' ' || (SELECT count(*) FROM public.witness) || ' ' || (SELECT count(*) FROM pg_event_trigger WHERE evtenabled = 'O') FROM public.counts"), Is.EqualTo("2 0 2"));
    }
}
