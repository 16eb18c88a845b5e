using SispiAgent.Platform;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Platform;

internal sealed class FileLockTests
{
    [Test]
    public void A_lock_is_held_once_and_a_file_that_merely_exists_is_none()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["lock"], "left by a crash");

        using (var first = FileLock.TryTake(folder["lock"]))
        {
            Assert.That(first, Is.Not.Null);
            Assert.That(FileLock.TryTake(folder["lock"]), Is.Null);
        }

        using var again = FileLock.TryTake(folder["lock"]);
        Assert.That(again, Is.Not.Null);
    }
}
