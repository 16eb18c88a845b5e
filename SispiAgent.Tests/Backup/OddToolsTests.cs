using System.Text.Json.Nodes;
using SispiAgent.Backup;
using SispiAgent.Platform;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Backup;

/// <summary>Client programs that do not what they should: real ones, in scripts that spoil something.</summary>
[Category("Postgres")]
internal sealed class OddToolsTests
{
    private const string Dumping = "case \" $* \" in *--format=custom*) ;; *) exec {0} \"$@\" ;; esac\n";
    private const string IntoFile = "for last; do case $last in --file=*) f=${last#--file=} ;; esac; done\n";

    [Test]
    public async Task Warnings_are_in_the_manifest()
    {
        await using var site = await StartAsync("echo 'pg_dump: warning: something is odd' >&2\nexec {0} \"$@\"\n");
        Assert.That((await site.RunAsync()).Set.Manifest.Remarks, Has.Some.EqualTo("decam_prd, schema public: pg_dump said: pg_dump: warning: something is odd"));
    }

    [Test]
    public async Task A_set_that_newer_programs_wrote_and_that_the_server_would_refuse_says_so()
    {
        await using var site = await StartAsync("case $1 in --version) echo 'pg_dump (PostgreSQL) 17.2' ;; *) exec {0} \"${@/#--compress=*/--compress=1}\" ;; esac\n");
        Assert.That((await site.RunAsync()).Set.Manifest.Remarks, Has.One.StartsWith("The set comes back into a server of PostgreSQL 17 or newer only, not into one of 15,").And.One.Contains("it sets transaction_timeout"));
    }

    [Test]
    public async Task A_flood_of_warnings_neither_hides_the_end_nor_hinders_the_run()
    {
        await using var site = await StartAsync("yes 'pg_dump: warning: again and again' | head -c 30000000 >&2\nprintf '\\nthe last one\\n' >&2\nexec {0} \"$@\"\n");
        var remarks = (await site.RunAsync()).Set.Manifest.Remarks;
        Assert.That(remarks, Has.Some.EqualTo("decam_prd, rest: pg_dump said: the last one"));
        Assert.That(remarks.Sum(remark => remark.Length), Is.LessThan(5000));
    }

    [TestCase(false, IntoFile + "{0} \"$@\" && truncate -s -40 \"$f\"\n", "pg_restore can't read")]
    [TestCase(false, IntoFile + "{0} \"$@\" && : > \"$f\"\n", "pg_restore can't read")]
    [TestCase(false, "{0} \"$@\"; exit 1\n", "exit code 1")]
    [TestCase(false, "case $* in *'--schema=\"public\"'*) {0} \"$@\" --exclude-table=small ;; *) {0} \"$@\" ;; esac\n", "public.small: no file holds its rows")]
    [TestCase(false, IntoFile + "case $f in *rest*) {0} --format=custom --file=\"$f\" ;; *) {0} \"$@\" ;; esac\n", "its rows are there 2 times")]
    [TestCase(true, "{0} \"$@\" | head -c -40\n", "ended in the middle of a part")]
    [TestCase(true, "{0} \"$@\" >/dev/null\n", "ended in the middle of a part")]
    [TestCase(true, "echo 'no dump at all'\n", "something else than an uncompressed dump")]
    [TestCase(true, "{0} \"$@\"; exit 1\n", "exit code 1")]
    [TestCase(true, "{0} \"$@\" | head -c -40; exit 1\n", "exit code 1")]
    [TestCase(true, "case $* in *'--schema=\"public\"'*) {0} \"$@\" --exclude-table=small ;; *) {0} \"$@\" ;; esac\n", "public.small: no file holds its rows")]
    [TestCase(true, "case $* in *--exclude-schema*) {0} --format=custom --compress=0 ;; *) {0} \"$@\" ;; esac\n", "its rows are there 2 times")]
    public async Task What_is_cut_short_fails_or_holds_another_set_of_tables_never_becomes_a_set(bool isPackedHere, string script, string said)
    {
        if (isPackedHere)
            Requires.That(FastDeflate.IsAvailable, "libisal (Debian's libisal2)");
        await using var site = await StartAsync(Dumping + script, isPackedHere);
        var failure = await Assert.ThrowsAsync<BackupFailedException>(() => site.RunAsync());
        Assert.That(failure!.Message, Does.Contain(said));
        Assert.That(failure.Unit, Does.StartWith("decam_prd"));
        Assert.That(site.Folders(), Is.Empty);
    }

    [Test]
    public async Task A_pg_dump_older_than_the_server_is_refused_before_the_first_byte()
    {
        await using var site = await StartAsync("case $1 in --version) echo 'pg_dump (PostgreSQL) 9.6.24' ;; *) exec {0} \"$@\" ;; esac\n");
        var refusal = await Assert.ThrowsAsync<AgentException>(() => site.RunAsync());
        Assert.That(refusal!.Message, Does.Contain("No pg_dump here is of version 15 or newer").And.Contain("9.6.24"));
        Assert.That(refusal.Hint, Does.Contain("Postgres:BinDirectory"));
        Assert.That(site.Folders(), Is.Empty);
    }

    private static async Task<BackupSite> StartAsync(string script, bool isPackedHere = true)
    {
        var site = await BackupSite.StartAsync(new JsonObject { ["CopyRequired"] = false, ["CompressHere"] = isPackedHere });
        await site.Server.ExecuteAsync("CREATE DATABASE decam_prd");
        await site.Server.ExecuteAsync("CREATE TABLE small AS SELECT generate_series(1, 1000) AS id", "decam_prd");
        var folder = Directory.CreateDirectory(Path.Combine(site.Folder, "bin")).FullName;
        var real = site.Server.Installation;
        foreach (var program in (string[])["pg_dumpall", "pg_restore"])
            File.CreateSymbolicLink(Path.Combine(folder, program), real.Program(program));
        var file = Path.Combine(folder, "pg_dump");
        // only the dumps of decam_prd are spoilt; who pretends to be newer is given a compression that he does not know
        await File.WriteAllTextAsync(file, $"#!/bin/bash\n[ \"$PGDATABASE\" = decam_prd ] || [ \"$1\" = --version ] || exec {real.Program("pg_dump")} \"${{@/#--compress=zstd*/--compress=1}}\"\n{script.Replace("{0}", real.Program("pg_dump"), StringComparison.Ordinal)}");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        site.Edit(root => root["Postgres"]!["BinDirectory"] = folder);
        return site;
    }
}
