using System.CommandLine;
using SispiAgent.Configuration;
using SispiAgent.Hosting;

namespace SispiAgent.Cli;

/// <summary><c>config check</c> and <c>config show</c>: neither needs the agent, its user or its state.</summary>
internal static class ConfigurationVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var check = new Command("check", "Says everything that is wrong with the configuration file; exit code 2 if there is anything.");
        check.SetAction(parsed =>
        {
            var file = ConfigurationFile.Find(parsed.GetValue(CommandLine.ConfigurationOption));
            var snapshot = Sections.Loader.Load(file.FilePath);
            Console.WriteLine($"{file.FilePath} is valid (configuration {snapshot.Hash[..12]}).");
            return ExitCode.Done;
        });

        var show = new Command("show", "Prints every value in force, defaults and environment included. There is no secret in it.");
        show.SetAction(parsed =>
        {
            var file = ConfigurationFile.Find(parsed.GetValue(CommandLine.ConfigurationOption));
            var snapshot = Sections.Loader.Load(file.FilePath);
            Console.WriteLine(snapshot.Effective);
            Console.Error.WriteLine($"From {file.FilePath} (configuration {snapshot.Hash[..12]}).");
            foreach (var line in snapshot.Overrides)
                Console.Error.WriteLine(line);
            return ExitCode.Done;
        });
        return new Command("config", "The configuration.") { check, show };
    }
}
