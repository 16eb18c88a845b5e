namespace SispiAgent.Configuration;

/// <summary>The file that is in force.</summary>
/// <param name="FilePath">Its path.</param>
internal sealed record ConfigurationFile(string FilePath)
{
    /// <summary>Where an installed agent has its configuration.</summary>
    public const string Installed = "/etc/sispi-agent/appsettings.json";

    /// <summary>The file that a command line means: the one it names, else the installed one, else the one beside the program.</summary>
    public static ConfigurationFile Find(string? named)
    {
        if (named is not null)
            return new(Path.GetFullPath(named));
        return new(File.Exists(Installed) ? Installed : Path.Combine(AppContext.BaseDirectory, "appsettings.json"));
    }
}
