using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Hosting;
using SispiAgent.Platform;

namespace SispiAgent.Cli;

/// <summary>Whose the installed agent is: root becomes him, he goes on, anybody else is told how to call the verb.</summary>
internal static class AgentUser
{
    /// <summary>Sees to it that the agent's user runs what follows. As root it does not return: the command starts again as that user.</summary>
    /// <exception cref="ConfigurationException">The configuration is not valid.</exception>
    /// <exception cref="AgentException">Somebody else calls, or that user is not on this machine.</exception>
    public static void Become(ConfigurationFile file)
    {
        if (!UserSwitch.IsPossible)
            return;
        var snapshot = Sections.Loader.Load(file.FilePath);
        var options = snapshot.Get<AgentOptions>();
        var state = new AgentPaths(options.StateDirectory).StateDirectory;
        var owner = UserAccount.OwnerOf(state);
        var site = SiteRules.RequireSelf(file.FilePath, snapshot);
        if (Name(options.User, owner?.Name, site.Self.Kind, UserSwitch.IsRoot) is not { } name || name == UserAccount.Current()?.Name)
            return;

        if (!UserSwitch.IsRoot)
            throw new AgentException($"The agent's user here is {name}, you are {Environment.UserName}.", $"Put sudo before the command: root becomes {name} by itself. Or: sudo -u {name} sispi-agent ...");
        UserSwitch.RunAgainAs(UserAccount.Find(name)
            ?? throw new AgentException($"The agent's user here would be {name}, who is not on this machine.", $"Set {AgentOptions.Section}:{nameof(AgentOptions.User)}, or give {state} to the user who runs the agent."));
    }

    /// <summary>The agent's user; <see langword="null"/> when whoever calls may be it: an ordinary user, and nothing is there yet.</summary>
    internal static string? Name(string configured, string? owner, NodeKind kind, bool isRoot) => (configured, owner) switch
    {
        ({ Length: > 0 }, _) => configured,
        (_, not null and not "root") => owner,
        _ => !isRoot ? null : kind is NodeKind.Web ? "codemanager" : "postgres",
    };
}
