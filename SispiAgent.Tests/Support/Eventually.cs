namespace SispiAgent.Tests.Support;

/// <summary>Waits by asking again, with a deadline that only a failure reaches.</summary>
internal static class Eventually
{
    /// <summary>On a slow machine of two cores a mail has taken more than 90 s; only a failure takes this long.</summary>
    public const int Seconds = 240;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static async Task<T> GetAsync<T>(Func<Task<T?>> ask, string what, int seconds = Seconds) where T : class
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var asked = TimeProvider.System.GetTimestamp();
            if (await ask() is { } answer)
                return answer;
            var took = TimeProvider.System.GetElapsedTime(asked);
            if (TimeProvider.System.GetElapsedTime(begin) > TimeSpan.FromSeconds(seconds))
                throw new AssertionException($"After {seconds} s there was still no {what}.");
            await Task.Delay(took > Pause ? took : Pause, TimeProvider.System); // what costs much to ask is asked less often
        }
    }

    public static Task TrueAsync(Func<Task<bool>> ask, string what, int seconds = Seconds) =>
        GetAsync(async () => await ask() ? what : null, what, seconds);

    public static Task TrueAsync(Func<bool> ask, string what, int seconds = Seconds) => TrueAsync(() => Task.FromResult(ask()), what, seconds);
}
