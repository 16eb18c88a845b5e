namespace SispiAgent.Scheduling;

/// <summary>When the agent last did what it is for: the watchdog believes this and nothing else.</summary>
internal sealed class Pulse(TimeProvider time)
{
    private long _last = time.GetTimestamp();

    /// <summary>A look has ended, well or not.</summary>
    public void Beat() => Volatile.Write(ref _last, time.GetTimestamp());

    /// <summary>How long ago that was.</summary>
    public TimeSpan Age => time.GetElapsedTime(Volatile.Read(ref _last));
}
