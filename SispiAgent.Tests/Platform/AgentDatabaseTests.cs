using Microsoft.Data.Sqlite;
using SispiAgent.Platform;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Platform;

internal sealed class AgentDatabaseTests
{
    private readonly TempFolder _folder = new();

    private string File => _folder["state/agent.db"];

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void A_new_file_gets_every_table_and_is_for_its_owner_only()
    {
        using var connection = new AgentDatabase(File, ["CREATE TABLE a (i)", "CREATE TABLE b (i)"]).Open();

        Assert.That(Scalar(connection, "SELECT count(*) FROM sqlite_schema WHERE name IN ('a', 'b')"), Is.EqualTo(2));
        Assert.That(Scalar(connection, "PRAGMA user_version"), Is.EqualTo(2));
        if (!OperatingSystem.IsWindows())
            Assert.That(System.IO.File.GetUnixFileMode(File), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Test]
    public void An_older_file_is_copied_then_migrated_and_keeps_its_rows()
    {
        using (var old = new AgentDatabase(File, ["CREATE TABLE a (i)"]).Open())
            Scalar(old, "INSERT INTO a VALUES (7); SELECT 0");

        using var connection = new AgentDatabase(File, ["CREATE TABLE a (i)", "ALTER TABLE a ADD COLUMN j"]).Open();

        Assert.That(Scalar(connection, "SELECT i FROM a WHERE j IS NULL"), Is.EqualTo(7));
        Assert.That(Directory.GetFiles(_folder["state"], "*.before-2-*"), Has.Length.EqualTo(1));
    }

    [TestCase(0, 100)]
    [TestCase(4096, 4096)]
    public void A_damaged_file_is_said_to_be_damaged_and_what_to_do(int from, int length)
    {
        var database = new AgentDatabase(File, ["CREATE TABLE a (i); CREATE INDEX b ON a (i)"]);
        using (var connection = database.Open())
            Scalar(connection, "INSERT INTO a SELECT value FROM json_each('[1,2,3]'); PRAGMA wal_checkpoint(TRUNCATE); SELECT 0");
        using (var file = System.IO.File.OpenWrite(File))
        {
            file.Position = from;
            file.Write(Enumerable.Repeat((byte)0xA5, length).ToArray());
        }

        var damaged = Assert.Throws<AgentException>(() => new AgentDatabase(File, ["CREATE TABLE a (i); CREATE INDEX b ON a (i)"]).Open());

        Assert.That(damaged!.Message, Does.Contain("is damaged"));
        Assert.That(damaged.Hint, Does.Contain("aside"));
    }

    [Test]
    public void A_migration_that_fails_changes_nothing()
    {
        using (new AgentDatabase(File, ["CREATE TABLE a (i)"]).Open())
        {
        }

        Assert.That(() => new AgentDatabase(File, ["CREATE TABLE a (i)", "CREATE TABLE b (i)", "no SQL"]).Open(), Throws.InstanceOf<SqliteException>());

        using var connection = new AgentDatabase(File, ["CREATE TABLE a (i)"]).Open();
        Assert.That(Scalar(connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'b'"), Is.Zero);
    }

    [Test]
    public void A_newer_file_is_refused_and_left_alone()
    {
        using (new AgentDatabase(File, ["CREATE TABLE a (i)", "CREATE TABLE b (i)"]).Open())
        {
        }

        Assert.That(() => new AgentDatabase(File, ["CREATE TABLE a (i)"]).Open(), Throws.InstanceOf<AgentException>().With.Message.Contains("newer agent"));
    }

    [Test]
    public void A_damaged_file_is_said_and_left_alone()
    {
        Directory.CreateDirectory(_folder["state"]);
        System.IO.File.WriteAllText(File, new string('x', 8192));

        Assert.That(() => new AgentDatabase(File, ["CREATE TABLE a (i)"]).Open(), Throws.InstanceOf<AgentException>().With.Message.Contains("damaged"));
        Assert.That(System.IO.File.ReadAllText(File), Does.StartWith("xxx"));
    }

    [Test]
    public void A_folder_of_another_user_is_said()
    {
        Requires.That(!Environment.IsPrivilegedProcess, "an ordinary user");

        Assert.That(() => new AgentDatabase("/proc/1/agent.db", ["CREATE TABLE a (i)"]).Open(), Throws.InstanceOf<AgentException>().With.Message.Contains("can't be opened by"));
    }

    [Test]
    public void Two_processes_worth_of_writers_wait_for_each_other()
    {
        var database = new AgentDatabase(File, ["CREATE TABLE a (i)"]);

        Parallel.For(0, 40, i =>
        {
            using var connection = database.Open();
            using var transaction = connection.BeginTransaction(deferred: false);
            Scalar(connection, $"INSERT INTO a VALUES ({i}); SELECT 0");
            transaction.Commit();
        });

        using var counting = database.Open();
        Assert.That(Scalar(counting, "SELECT count(*) FROM a"), Is.EqualTo(40));
    }

    private static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
