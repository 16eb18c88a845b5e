using SispiAgent.Restore;

namespace SispiAgent.Tests.Restore;

internal sealed class GlobalStatementsTests
{
    private const string File = """"
        --
        -- PostgreSQL database cluster dump
        --
        \restrict abc
        SET default_transaction_read_only = off;
        CREATE ROLE dbadmin;
        ALTER ROLE dbadmin WITH SUPERUSER PASSWORD 'SCRAM-SHA-256$4096:x;''y';
        CREATE ROLE "Odd; ""Role""";
        ALTER ROLE "Odd; ""Role""" WITH NOLOGIN;
        ALTER ROLE observer SET search_path TO 'a', 'b
        ; c';
        COMMENT ON ROLE observer IS 'looks; at
        things';
        GRANT dbadmin TO observer WITH ADMIN OPTION GRANTED BY postgres;
        GRANT dbadmin TO "Odd; ""Role""" GRANTED BY postgres;
        CREATE TABLESPACE fast OWNER dbadmin LOCATION '/raid2/fast';
        GRANT ALL ON TABLESPACE fast TO observer;
        \unrestrict abc
        """";

    [Test]
    public void Statements_are_told_apart_by_their_quotes()
    {
        var statements = GlobalStatements.Split(File).ToArray();
        Assert.That(statements, Has.Length.EqualTo(11));
        Assert.That(statements, Has.Member("ALTER ROLE observer SET search_path TO 'a', 'b\n; c';").And.Member("COMMENT ON ROLE observer IS 'looks; at\nthings';"));
        Assert.That(statements, Has.None.StartsWith("\\").And.None.StartsWith("--"));
    }

    [Test]
    public void What_is_there_is_kept_and_what_is_missing_is_made()
    {
        var chosen = GlobalStatements.Choose(File, new HashSet<string> { "dbadmin", "observer" }, new HashSet<string> { "pg_default" });
        Assert.That(chosen.Roles, Is.EqualTo(new[] { "SET default_transaction_read_only = off;", "CREATE ROLE \"Odd; \"\"Role\"\"\";", "ALTER ROLE \"Odd; \"\"Role\"\"\" WITH NOLOGIN;", "GRANT dbadmin TO \"Odd; \"\"Role\"\"\" GRANTED BY postgres;" }));
        Assert.That(chosen.Tablespaces, Has.Count.EqualTo(2));
        Assert.That(chosen.Kept.Select(entry => entry.Name).Distinct(), Is.EquivalentTo(new[] { "dbadmin", "observer" }));

        var all = GlobalStatements.Choose(File, new HashSet<string>(), null);
        Assert.That((all.Roles.Count, all.Tablespaces.Count, all.Kept.Count), Is.EqualTo((9, 0, 0)));
        var there = GlobalStatements.Choose(File, new HashSet<string>(), new HashSet<string> { "fast" });
        Assert.That((there.Tablespaces.Count, there.Kept.Count), Is.EqualTo((0, 2)));
    }

    [TestCase("ALTER ROLE dbadmin WITH SUPERUSER PASSWORD 'SCRAM-SHA-256$4096:x;''y';", "")]
    [TestCase("ALTER ROLE dbadmin WITH SUPERUSER PASSWORD 'other';", "dbadmin is kept as it is here: its password is another one than in the set.")]
    [TestCase("ALTER ROLE dbadmin WITH NOSUPERUSER PASSWORD 'other';", "dbadmin is kept as it is here. The set says: ALTER ROLE dbadmin WITH SUPERUSER;")]
    public void Differences_of_what_is_kept_are_said_and_never_a_password(string present, string expected)
    {
        var kept = GlobalStatements.Choose(File, new HashSet<string> { "dbadmin" }, null).Kept;
        Assert.That(string.Join('|', GlobalStatements.Differences(kept, present)), Is.EqualTo(expected));
    }

    [Test]
    public void Who_granted_a_membership_is_no_difference()
    {
        var kept = GlobalStatements.Choose(File, new HashSet<string> { "dbadmin", "observer" }, null).Kept;
        var said = GlobalStatements.Differences(kept, "GRANT dbadmin TO observer WITH ADMIN OPTION GRANTED BY somebody;");
        Assert.That(said, Has.None.Contains("GRANT dbadmin"));
    }
}
