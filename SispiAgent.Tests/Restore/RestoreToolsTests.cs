using SispiAgent.Restore;

namespace SispiAgent.Tests.Restore;

internal sealed class RestoreToolsTests
{
    [Test]
    public void A_refusal_names_what_to_install_or_where_else_to_go()
    {
        var tooNew = RestoreTools.Refusal(1200, 1500, [1700, 1800]);
        Assert.That(tooNew.Message, Is.EqualTo("No pg_restore here fits this set and a server of PostgreSQL 15: it takes the client programs of PostgreSQL 15 or 16; there is 17, 18 (newer ones set transaction_timeout, which that server does not know)."));
        Assert.That(tooNew.Hint, Does.StartWith("Install the client programs of PostgreSQL 15 or 16"));
        Assert.That(RestoreTools.Refusal(1200, 1500, []).Message, Is.EqualTo("No pg_restore here fits this set and a server of PostgreSQL 15: it takes the client programs of PostgreSQL 15 or 16."));
        var never = RestoreTools.Refusal(1700, 1500, [1700]);
        Assert.That(never.Message, Is.EqualTo("No pg_restore can bring this set into a server of PostgreSQL 15: the set's dumps need 17 or newer, and that sets transaction_timeout, which this server does not know."));
        Assert.That(never.Hint, Does.StartWith("Restore into a server of PostgreSQL 17 or newer"));
    }
}
