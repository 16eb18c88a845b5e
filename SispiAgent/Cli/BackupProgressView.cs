using Spectre.Console;
using SispiAgent.Backup;

namespace SispiAgent.Cli;

/// <summary>Shows where a run is: bars on a terminal, plain lines elsewhere.</summary>
internal static class BackupProgressView
{
    /// <summary>Runs something that reports its progress.</summary>
    public static async Task<T> ShowAsync<T>(bool isQuiet, Func<IProgress<BackupProgress>, Task<T>> run)
    {
        if (isQuiet)
            return await run(new Direct(_ => { }));
        if (Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive)
        {
            var told = new Dictionary<string, string>();
            return await run(new Direct(step =>
            {
                if (told.GetValueOrDefault(step.Unit) != step.Step)
                    Console.WriteLine($"{step.Unit}: {told[step.Unit] = step.Step}");
            }));
        }

        return await AnsiConsole.Progress().Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new ElapsedTimeColumn(), new SpinnerColumn()).StartAsync(async context =>
        {
            var tasks = new Dictionary<string, ProgressTask>();
            return await run(new Direct(step =>
            {
                lock (tasks)
                {
                    if (!tasks.TryGetValue(step.Unit, out var task))
                        tasks[step.Unit] = task = context.AddTask(step.Unit, maxValue: 1);
                    task.Description = Markup.Escape($"{step.Unit}: {step.Step}");
                    task.Value = step.Fraction;
                }
            }));
        });
    }

    /// <summary>Tells at once, in order: <see cref="Progress{T}"/> would tell later, on any thread.</summary>
    private sealed class Direct(Action<BackupProgress> tell) : IProgress<BackupProgress>
    {
        public void Report(BackupProgress value)
        {
            lock (tell)
                tell(value);
        }
    }
}
