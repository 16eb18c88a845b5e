using System.Text.Json;
using SispiAgent.Hosting;
using SispiAgent.Mail;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Conventions;

internal sealed class OptionCoverageTests
{
    private static readonly HashSet<string> SiteValues = ["Cluster:Nodes", "Conformance:Settings", "Conformance:Nodes", "Conformance:Access", "Readiness:TriggerFiles", "Backup:Databases", "Backup:Destinations"];

    [Test]
    public void Every_option_is_in_appsettings_with_its_default()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Repository.Path("appsettings.json")), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });

        Assert.That(Sections.All.SelectMany(section => document.RootElement.TryGetProperty(section.Name, out var json)
            ? OptionCoverage.Violations(section.Name, section.Options, json, SiteValues)
            : [$"section {section.Name} is not in appsettings.json"]), Is.Empty);
    }

    [Test]
    public void Planted_gaps_are_caught()
    {
        using var planted = JsonDocument.Parse("""{ "Host": "localhost", "Port": 26, "Recipients": [ "somebody" ] }""");

        var caught = OptionCoverage.Violations("Mail", typeof(MailOptions), planted.RootElement, SiteValues).ToList();

        Assert.That(caught, Has.Some.EqualTo("Mail:User is not in appsettings.json"));
        Assert.That(caught, Has.Some.EqualTo("Mail:Port is 26 in appsettings.json, its default is 25"));
        Assert.That(caught, Has.Some.Contains("Mail:Recipients is somebody"));
    }
}
