namespace SispiAgent.Tests.Support;

/// <summary>Waits by asking again, with a deadline that only a failure reaches.</summary>
internal static class Eventually
{
    public static async Task<T> GetAsync<T>(Func<Task<T?>> ask, string what, int seconds = 60) where T : class
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (await ask() is { } answer)
                return answer;
            if (TimeProvider.System.GetElapsedTime(begin) > TimeSpan.FromSeconds(seconds))
                throw new AssertionException($"After {seconds} s there was still no {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    public static Task TrueAsync(Func<Task<bool>> ask, string what, int seconds = 60) =>
        GetAsync(async () => await ask() ? what : null, what, seconds);

    public static Task TrueAsync(Func<bool> ask, string what, int seconds = 60) => TrueAsync(() => Task.FromResult(ask()), what, seconds);
}
