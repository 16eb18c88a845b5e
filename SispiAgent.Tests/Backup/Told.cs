using SispiAgent.Backup;

namespace SispiAgent.Tests.Backup;

/// <summary>Hears of a run's progress at once and in order; what it does happens in the middle of the run.</summary>
internal sealed class Told(Action<BackupProgress> hear) : IProgress<BackupProgress>
{
    public void Report(BackupProgress value)
    {
        lock (hear)
            hear(value);
    }
}
