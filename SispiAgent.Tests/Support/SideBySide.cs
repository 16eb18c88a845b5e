namespace SispiAgent.Tests.Support;

/// <summary>The cases of one test at the same time, where each waits more than it works: as tests of their own each would hold a thread for its turn.</summary>
internal static class SideBySide
{
    /// <summary>Runs all to their end, whatever becomes of the others. What failed is thrown by its case; one that lacked something makes the test skipped.</summary>
    public static async Task RunAsync<T>(IEnumerable<T> cases, Func<T, Task> run)
    {
        (T Case, Task Run)[] running = [.. cases.Select(one => (one, Task.Run(() => run(one))))];
        await Task.WhenAll(running.Select(one => one.Run)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var troubles = running.Where(one => !one.Run.IsCompletedSuccessfully).Select(one => (one.Case, Error: one.Run.Exception?.InnerException ?? new TaskCanceledException(one.Run))).ToArray();
        foreach (var (one, error) in troubles)
            await TestContext.Out.WriteLineAsync($"{one}: {error}");

        if (troubles.Any(trouble => trouble.Error is not IgnoreException))
            throw new AssertionException(string.Join('\n', troubles.Select(trouble => $"{trouble.Case}: {trouble.Error.Message}")));
        if (troubles.Length > 0)
            throw new IgnoreException(string.Join('\n', troubles.Select(trouble => trouble.Error.Message)));
    }
}
