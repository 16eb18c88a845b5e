namespace SispiAgent.Tests.Conventions.Planted.Naming;

/// <summary>Planted: bad words, an empty suffix, and methods that are not as agreed.</summary>
internal class MasterManager
{
    public static Task Look() => Task.CompletedTask;

    public static Task WaitAsync(CancellationToken token, int count) => Task.Delay(TimeSpan.FromMilliseconds(count), TimeProvider.System, token);
}
