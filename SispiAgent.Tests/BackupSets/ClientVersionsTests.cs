using SispiAgent.BackupSets;

namespace SispiAgent.Tests.BackupSets;

internal sealed class ClientVersionsTests
{
    [TestCase(1700, 1200, 1600, false, Description = "transaction_timeout")]
    [TestCase(1800, 1200, 1600, false)]
    [TestCase(1700, 1200, 900, false)]
    [TestCase(1700, 1200, 1700, true)]
    [TestCase(1800, 1700, 1700, true)]
    [TestCase(1600, 1200, 1500, true)]
    [TestCase(1600, 1600, 1000, true)]
    [TestCase(1500, 1600, 1500, false, Description = "it can't read the set")]
    [TestCase(1500, 1200, 1600, false, Description = "older than the server")]
    [TestCase(1500, 904, 906, true)]
    [TestCase(906, 904, 906, true)]
    [TestCase(906, 904, 905, false, Description = "idle_in_transaction_session_timeout")]
    [TestCase(1500, 904, 905, false)]
    [TestCase(905, 904, 905, true)]
    [TestCase(905, 904, 904, false, Description = "row_security")]
    [TestCase(904, 904, 904, true)]
    [TestCase(904, 903, 903, true)]
    [TestCase(903, 902, 902, false, Description = "lock_timeout")]
    [TestCase(902, 900, 902, true)]
    [TestCase(902, 900, 900, true)]
    public void A_pg_restore_fits_if_it_reads_the_set_and_sets_nothing_that_the_server_refuses(int program, int lowest, int server, bool expected) =>
        Assert.That(ClientVersions.IsFitting(program, lowest, server), Is.EqualTo(expected));

    [TestCase(1700, 1600, "transaction_timeout")]
    [TestCase(1700, 1700, null)]
    [TestCase(1500, 905, "idle_in_transaction_session_timeout")]
    [TestCase(1500, 904, "row_security")]
    [TestCase(1700, 902, "lock_timeout")]
    public void What_is_refused_has_a_name(int program, int server, string? expected) => Assert.That(ClientVersions.Refused(program, server), Is.EqualTo(expected));

    [TestCase(1200, 1600, "16")]
    [TestCase(1200, 1500, "15 or 16")]
    [TestCase(1200, 1200, "12 to 16")]
    [TestCase(1600, 1000, "16")]
    [TestCase(1700, 1700, "17 or newer")]
    [TestCase(906, 906, "9.6 to 16")]
    [TestCase(904, 905, "9.5")]
    [TestCase(900, 900, "9.0 to 9.2")]
    [TestCase(1700, 1600, null)]
    [TestCase(1200, 905, null)]
    public void The_fitting_versions_are_said_for_people(int lowest, int server, string? expected) => Assert.That(ClientVersions.Words(lowest, server), Is.EqualTo(expected));

    [TestCase(1700, 1500, 1700)]
    [TestCase(1600, 1500, 1500)]
    [TestCase(1700, 1800, 1800)]
    [TestCase(1200, 902, 906, Description = "not the programs' version: from 9.6 on a server knows all that 12 sets")]
    [TestCase(1600, 904, 906)]
    [TestCase(906, 906, 906)]
    public void The_oldest_server_that_takes_a_set_is_found(int lowest, int own, int expected) => Assert.That(ClientVersions.LowestServer(lowest, own), Is.EqualTo(expected));

    [TestCase("pg_restore (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", 1500)]
    [TestCase("pg_restore (PostgreSQL) 9.6.24", 906)]
    [TestCase("pg_restore (PostgreSQL) 18beta2", 1800)]
    [TestCase("9.4.26", 904)]
    [TestCase("17", 1700)]
    [TestCase("none", 0)]
    public void A_version_is_read_from_what_a_program_says(string text, int expected) => Assert.That(ClientVersions.Parse(text), Is.EqualTo(expected));
}
