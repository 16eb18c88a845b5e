using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using SispiAgent.Findings;
using SispiAgent.Platform;

namespace SispiAgent.Alerts;

/// <summary>
/// Mail that waits on disk until a mail server has taken it. What is to be sent together is first bound into a mail (one row of
/// <c>mail</c>), so that after a crash the very same mail, with the same Message-Id, is tried again.
/// </summary>
internal sealed class Outbox(AgentDatabase database, TimeProvider time)
{
    /// <summary>Its tables.</summary>
    public const string Migration = """
        CREATE TABLE mail (
            id INTEGER PRIMARY KEY AUTOINCREMENT, bound TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
            next_try TEXT NOT NULL, problem TEXT, is_set_aside INTEGER NOT NULL DEFAULT 0) STRICT;
        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT, posted TEXT NOT NULL, notice TEXT, letter TEXT, mail INTEGER REFERENCES mail (id)) STRICT;
        CREATE TABLE thread (key TEXT PRIMARY KEY, message_id TEXT NOT NULL, at TEXT NOT NULL) STRICT;
        """;

    /// <summary>Who of the recipients is still to get a mail that the others have; null: everybody.</summary>
    public const string RecipientsMigration = "ALTER TABLE mail ADD COLUMN recipients TEXT;";

    /// <summary>Nobody answers a mail that is older: its thread is forgotten.</summary>
    private static readonly TimeSpan LongestIncident = TimeSpan.FromDays(400);

    private readonly Channel<bool> _posted = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Puts a letter in; it is sent as soon as a mail server takes it.</summary>
    public void Post(Letter letter)
    {
        using (var connection = database.Open())
            Insert(connection, null, AlertJson.Write(letter), time.GetUtcNow());
        Wake();
    }

    /// <summary>Puts a notice in, within the caller's transaction.</summary>
    internal static void Post(SqliteConnection connection, Notice notice, DateTimeOffset now) => Insert(connection, AlertJson.Write(notice), null, now);

    /// <summary>Says that something was posted, so that the sender need not wait for its next look.</summary>
    public void Wake() => _posted.Writer.TryWrite(true);

    /// <summary>Waits until something is posted here, or for a time: another process (a verb) may have posted.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(atMost);
        try
        {
            await _posted.Reader.ReadAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // the time is up: look all the same
        }
    }

    /// <summary>What waits and is not bound into a mail yet, oldest first.</summary>
    public IReadOnlyList<Posted> ReadUnbound() => Read("SELECT id, posted, notice, letter FROM outbox WHERE mail IS NULL ORDER BY id", ReadPosted);

    /// <summary>Binds some of what waits into one mail.</summary>
    public void Bind(IReadOnlyList<Posted> together)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        var mail = connection.Scalar<long>("INSERT INTO mail (bound, next_try) VALUES ($now, $now) RETURNING id", ("$now", SqliteCommands.Text(time.GetUtcNow())));
        foreach (var posted in together)
            connection.Execute("UPDATE outbox SET mail = $mail WHERE id = $id AND mail IS NULL", ("$mail", mail), ("$id", posted.Id));
        transaction.Commit();
    }

    /// <summary>Every mail that waits, oldest first, those set aside too.</summary>
    public IReadOnlyList<WaitingMail> ReadMails()
    {
        var mails = Read("SELECT id, bound, attempts, next_try, problem, is_set_aside, recipients FROM mail ORDER BY id", row => new WaitingMail(
            row.GetInt64(0), row.GetMoment(1), row.GetInt32(2), row.GetMoment(3), row.GetText(4), row.GetInt64(5) == 1, [])
        {
            Recipients = row.IsDBNull(6) ? null : AlertJson.Read<string[]>(row.GetString(6)),
        });
        return [.. mails.Select(mail => mail with { Content = Read("SELECT id, posted, notice, letter FROM outbox WHERE mail = $mail ORDER BY id", ReadPosted, ("$mail", mail.Id)) })];
    }

    /// <summary>The Message-Id of the first mail of a thread, if there was one.</summary>
    public string? FirstOfThread(string key) =>
        Read("SELECT message_id FROM thread WHERE key = $key", row => row.GetString(0), ("$key", key)) is [var first, ..] ? first : null;

    /// <summary>A mail server has taken a mail: it is forgotten, and is the first of those threads that had none.</summary>
    public void Sent(WaitingMail mail, string messageId, IEnumerable<string> threadKeys)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        Remember(connection, messageId, threadKeys);
        connection.Execute("DELETE FROM outbox WHERE mail = $mail", ("$mail", mail.Id));
        connection.Execute("DELETE FROM mail WHERE id = $mail", ("$mail", mail.Id));
        transaction.Commit();
    }

    /// <summary>A mail server has taken a mail for some recipients, and asks for patience with others.</summary>
    public void SentToOthers(WaitingMail mail, string messageId, IEnumerable<string> threadKeys, IReadOnlyList<string> remaining, string problem, DateTimeOffset nextTry)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        Remember(connection, messageId, threadKeys);
        connection.Execute("UPDATE mail SET recipients = $remaining, attempts = attempts + 1, problem = $problem, next_try = $next WHERE id = $mail",
            ("$remaining", AlertJson.Write(remaining)), ("$problem", problem), ("$next", SqliteCommands.Text(nextTry)), ("$mail", mail.Id));
        transaction.Commit();
    }

    /// <summary>A mail was not taken: it is tried again at a time; set aside when trying again soon can't help.</summary>
    public void NotSent(WaitingMail mail, string problem, DateTimeOffset nextTry, bool setAside)
    {
        using var connection = database.Open();
        connection.Execute("UPDATE mail SET attempts = attempts + 1, problem = $problem, next_try = $next, is_set_aside = $aside WHERE id = $mail",
            ("$problem", problem), ("$next", SqliteCommands.Text(nextTry)), ("$aside", setAside ? 1 : 0), ("$mail", mail.Id));
    }

    /// <summary>Whatever waits is tried again at once, what was set aside too: the configuration has changed, or the way is known to be open again.</summary>
    /// <returns>How many mails wait.</returns>
    public int RetryAll()
    {
        using var connection = database.Open();
        var waiting = connection.Execute("UPDATE mail SET next_try = $now", ("$now", SqliteCommands.Text(time.GetUtcNow())));
        Wake();
        return waiting;
    }

    private void Remember(SqliteConnection connection, string messageId, IEnumerable<string> threadKeys)
    {
        var now = time.GetUtcNow();
        foreach (var key in threadKeys)
            connection.Execute("INSERT INTO thread (key, message_id, at) VALUES ($key, $id, $now) ON CONFLICT DO NOTHING", ("$key", key), ("$id", messageId), ("$now", SqliteCommands.Text(now)));
        connection.Execute("DELETE FROM thread WHERE at < $then", ("$then", SqliteCommands.Text(now - LongestIncident)));
    }

    private IReadOnlyList<T> Read<T>(string sql, Func<SqliteDataReader, T> read, params (string Name, object? Value)[] parameters)
    {
        using var connection = database.Open();
        return connection.Query(sql, read, parameters);
    }

    private static void Insert(SqliteConnection connection, string? notice, string? letter, DateTimeOffset now) =>
        connection.Execute("INSERT INTO outbox (posted, notice, letter) VALUES ($now, $notice, $letter)", ("$now", SqliteCommands.Text(now)), ("$notice", notice), ("$letter", letter));

    private static Posted ReadPosted(SqliteDataReader row) => new(row.GetInt64(0), row.GetMoment(1),
        row.IsDBNull(2) ? null : AlertJson.Read<Notice>(row.GetString(2)), row.IsDBNull(3) ? null : AlertJson.Read<Letter>(row.GetString(3)));
}
