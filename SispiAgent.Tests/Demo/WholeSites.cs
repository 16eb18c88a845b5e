namespace SispiAgent.Tests.Demo;

/// <summary>Three servers, three agents that look every few seconds and what they start fill two cores: one whole site at a time, beside whatever else is tested. A fixture that waits holds one of NUnit's threads, so those of whole sites stand apart in the order of namespaces.</summary>
internal static class WholeSites
{
    private static readonly SemaphoreSlim One = new(1);

    /// <summary>Waits for the turn, which ends with what is returned.</summary>
    public static async Task<IDisposable> EnterAsync()
    {
        await One.WaitAsync();
        return new Turn();
    }

    private sealed class Turn : IDisposable
    {
        private int _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
                One.Release();
        }
    }
}
