namespace SispiAgent.Configuration;

/// <summary>The file that is in force.</summary>
/// <param name="FilePath">Its path.</param>
internal sealed record ConfigurationFile(string FilePath)
{
    /// <summary>Where an installed agent has its configuration on Linux.</summary>
    public const string Installed = "/etc/sispi-agent/appsettings.json";

    /// <summary>Where it has it on Windows: <c>%ProgramData%\SispiAgent</c>.</summary>
    public static string InstalledOnWindows { get; } =
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "SispiAgent", "appsettings.json");

    /// <summary>The file that a command line means: the one it names, else the installed one, else the one beside the program.</summary>
    public static ConfigurationFile Find(string? named)
    {
        if (named is not null)
            return new(Path.GetFullPath(named));
        var found = new[] { Installed, InstalledOnWindows }.FirstOrDefault(File.Exists);
        return new(found ?? Path.Combine(AppContext.BaseDirectory, "appsettings.json"));
    }
}
