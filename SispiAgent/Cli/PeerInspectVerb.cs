using Npgsql;
using SispiAgent.Configuration;
using SispiAgent.Readiness;

namespace SispiAgent.Cli;

/// <summary><c>peer inspect</c>: looks at this host's server for another host's readiness, and answers as JSON without secrets.</summary>
internal static class PeerInspectVerb
{
    /// <summary>Looks and answers.</summary>
    /// <exception cref="AgentException">The server does not answer.</exception>
    public static async Task<int> RunAsync(ConfigurationFile file, CancellationToken cancellationToken)
    {
        using var host = VerbHost.Open(file);
        try
        {
            Console.WriteLine(PeerInspections.Write(await host.Get<InspectionReader>().ReadAsync(cancellationToken)));
            return ExitCode.Done;
        }
        catch (NpgsqlException e)
        {
            throw new AgentException($"The server does not answer: {e.Message}", "sispi-agent status", e);
        }
    }
}
