using System.Text.RegularExpressions;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Conventions;

/// <summary>Everything is caught only where a failure becomes a sweep, a failed run, a failed verb or a later retry; elsewhere an exception rises.</summary>
internal sealed partial class CatchAllTests
{
    private static readonly string[] Allowed =
    [
        "SispiAgent/Backup/AdvisoryLock.cs", "SispiAgent/Backup/BackupPipeline.cs", "SispiAgent/Backup/CopyRetries.cs", "SispiAgent/Backup/DumpSlots.cs", "SispiAgent/Backup/ScheduledBackup.cs", "SispiAgent/Cli/CommandLine.cs", "SispiAgent/Cli/MailVerb.cs",
        "SispiAgent/Hosting/ConfigurationWatcher.cs", "SispiAgent/Hosting/FactsPublisher.cs", "SispiAgent/Mail/OutboxSender.cs", "SispiAgent/Digest/WeeklyDigest.cs", "SispiAgent/Restore/ScheduledDrill.cs", "SispiAgent/Scheduling/ProbeRunner.cs",
    ];

    [Test]
    public void Everything_is_caught_in_the_agreed_places_only() =>
        Assert.That(Repository.Sources("SispiAgent").Where(file => CatchesAll(File.ReadAllText(Repository.Path(file)))), Is.SubsetOf(Allowed));

    [TestCase("catch (Exception e)", true)]
    [TestCase("catch (Exception e) when (!cancellationToken.IsCancellationRequested)", true)]
    [TestCase("catch (Exception)", true)]
    [TestCase("catch (Exception e) when (e is not AgentException)", true)]
    [TestCase("catch (Exception e) when (e is IOException or JsonException)", false)]
    [TestCase("catch (Exception e) when (isQuick && (e is PeerSilentException or ToolFailedException))", false)]
    [TestCase("catch (IOException)", false)]
    public void A_planted_one_is_caught(string line, bool isCaught) => Assert.That(CatchesAll($"        {line}\n"), Is.EqualTo(isCaught));

    private static bool CatchesAll(string source) => Catch().Matches(source).Any(match => !Types().IsMatch(match.Groups["filter"].Value));

    [GeneratedRegex(@"catch \(Exception[^)]*\)(?<filter>[^\n{]*)", RegexOptions.CultureInvariant)]
    private static partial Regex Catch();

    [GeneratedRegex(@"\be is (?!not )[A-Z(]", RegexOptions.CultureInvariant)]
    private static partial Regex Types();
}
