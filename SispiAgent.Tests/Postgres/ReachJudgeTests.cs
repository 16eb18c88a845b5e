using System.Net.Sockets;
using Npgsql;
using SispiAgent.Postgres;

namespace SispiAgent.Tests.Postgres;

/// <summary>Every failure that was recorded against real servers, by SqlState and exception types; the texts are Greek on purpose.</summary>
internal sealed class ReachJudgeTests
{
    [TestCase("57P03", Reach.NotAccepting)]
    [TestCase("57P01", Reach.NotAccepting)]
    [TestCase("57P02", Reach.NotAccepting)]
    [TestCase("53300", Reach.Full)]
    [TestCase("28P01", Reach.BadCredentials)]
    [TestCase("28000", Reach.AccessRefused)]
    [TestCase("3D000", Reach.AccessRefused)]
    [TestCase("XX000", Reach.Failing)]
    public void A_server_says_it_by_its_state(string state, Reach reach) =>
        Assert.That(ReachJudge.Judge(new PostgresException("το σύστημα ξεκινά", "ΜΟΙΡΑΙΟ", "ΜΟΙΡΑΙΟ", state)), Is.EqualTo(reach));

    [TestCase(SocketError.ConnectionRefused, Reach.Refusing)]
    [TestCase(SocketError.AddressNotAvailable, Reach.Refusing)]
    [TestCase(SocketError.HostUnreachable, Reach.Unreachable)]
    [TestCase(SocketError.NetworkUnreachable, Reach.Unreachable)]
    [TestCase(SocketError.TimedOut, Reach.Unreachable)]
    [TestCase(SocketError.TryAgain, Reach.UnknownHost)]
    [TestCase(SocketError.HostNotFound, Reach.UnknownHost)]
    [TestCase(SocketError.ConnectionReset, Reach.NotPostgres)]
    public void The_network_says_it_by_its_error(SocketError error, Reach reach) =>
        Assert.That(ReachJudge.Judge(new NpgsqlException("σφάλμα", new SocketException((int)error))), Is.EqualTo(reach));

    [Test]
    public void Silence_and_hanging_up_are_two_things()
    {
        Assert.That(ReachJudge.Judge(new NpgsqlException("σφάλμα", new TimeoutException())), Is.EqualTo(Reach.NotAnswering));
        Assert.That(ReachJudge.Judge(new NpgsqlException("σφάλμα", new EndOfStreamException())), Is.EqualTo(Reach.NotPostgres));
        Assert.That(ReachJudge.Judge(new NpgsqlException("σφάλμα")), Is.EqualTo(Reach.NotPostgres));
    }
}
