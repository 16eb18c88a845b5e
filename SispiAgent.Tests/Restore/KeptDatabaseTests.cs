using System.Text;
using SispiAgent.BackupSets;
using SispiAgent.Restore;

namespace SispiAgent.Tests.Restore;

internal sealed class KeptDatabaseTests
{
    [TestCase("mine", "mine_before_20261127T020000Z")]
    [TestCase("a23456789b123456789c123456789d123456789e", "a23456789b123456789c123456789d123456789_before_20261127T020000Z")]
    [TestCase("sternwarteäöüäöüäöüäöüäöüäöü", "sternwarteäöüäöüäöüäöüäö_before_20261127T020000Z")]
    [TestCase("🌟🌟🌟🌟🌟🌟🌟🌟🌟🌟", "🌟🌟🌟🌟🌟🌟🌟🌟🌟_before_20261127T020000Z")]
    public void A_kept_database_has_a_name_that_the_server_does_not_cut(string name, string expected)
    {
        var kept = KeptDatabase.Of(name, new DateTimeOffset(2026, 11, 27, 2, 0, 0, TimeSpan.Zero));
        Assert.That(kept.Aside, Is.EqualTo(expected));
        Assert.That(Encoding.UTF8.GetByteCount(kept.Aside), Is.LessThanOrEqualTo(63));
    }

    [TestCase("createdb", RestorePhase.Definitions, "mine", "mine: create")]
    [TestCase("bash", RestorePhase.Definitions, "/sets/mine.definitions.dump", "mine: its settings, rights and comment")]
    [TestCase("pg_restore", RestorePhase.Definitions, "mine.definitions.dump", "mine: mine.definitions.dump")]
    [TestCase("pg_restore", RestorePhase.Constraints, "mine.definitions.dump", "mine: mine.definitions.dump (indexes and constraints)")]
    public void A_step_is_called_by_what_it_does(string program, RestorePhase phase, string last, string expected) =>
        Assert.That(RestoreRun.Label(new RestoreStep(phase, "mine", program, ["-x", last], 0)), Is.EqualTo(expected));
}
