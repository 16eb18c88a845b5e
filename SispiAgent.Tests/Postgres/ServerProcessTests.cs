using SispiAgent.Postgres;

namespace SispiAgent.Tests.Postgres;

internal sealed class ServerProcessTests
{
    [TestCase("postgres: startup sispi 127.0.0.1(38258) idle\0\0")]
    [TestCase("postgres: walreceiver sispi [local] idle in transaction\0")]
    [TestCase("postgres: 15/main: startup sispi 127.0.0.1(38258) SELECT")]
    [TestCase("sleep\0100\0")]
    public void A_session_of_a_user_with_such_a_name_is_no_server_process(string title) =>
        Assert.That(ServerProcess.From(new ProcessEntry(2, 1, 'S', title)).Kind, Is.EqualTo(ServerProcessKind.Other));
}
