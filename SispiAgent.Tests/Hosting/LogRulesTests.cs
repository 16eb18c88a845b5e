using SispiAgent.Configuration;
using SispiAgent.Hosting;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Hosting;

/// <summary>Section <c>Serilog</c>, edited wrongly: its own reader would throw at the first error, or leave the sink out and say nothing.</summary>
internal sealed class LogRulesTests
{
    private static readonly string Shipped = File.ReadAllText(Repository.Path("appsettings.json"));

    [Test]
    public void The_shipped_section_is_right() => Assert.That(Errors(Shipped), Is.Empty);

    [TestCase("\"Default\": \"Information\"", "\"Default\": \"Informaton\"", "Serilog:MinimumLevel:Default", "\"Information\"")]
    [TestCase("\"Default\": \"Information\"", "\"Defualt\": \"Information\"", "Serilog:MinimumLevel:Defualt", "Did you mean Default?")]
    [TestCase("\"Default\": \"Information\"", "\"Override\": { \"SispiAgent.Peers\": \"Debgu\" }", "Serilog:MinimumLevel:Override:SispiAgent.Peers", "\"Debug\"")]
    [TestCase("\"MinimumLevel\": {", "\"MinimunLevel\": {", "Serilog:MinimunLevel", "Did you mean MinimumLevel?")]
    [TestCase("\"Name\": \"File\"", "\"Name\": \"Fiel\"", "Serilog:WriteTo:1:Name", "Did you mean File?")]
    [TestCase("\"Name\": \"File\",", "", "Serilog:WriteTo:1:Name", "\"File\"", false)]
    [TestCase("\"rollingInterval\": \"Day\"", "\"rollingIntervall\": \"Day\"", "Serilog:WriteTo:1:Args:rollingIntervall", "Did you mean rollingInterval?")]
    [TestCase("\"rollingInterval\": \"Day\"", "\"rollingInterval\": \"Dayly\"", "Serilog:WriteTo:1:Args:rollingInterval", "\"Day\"")]
    [TestCase("\"retainedFileCountLimit\": 31", "\"retainedFileCountLimit\": \"a month\"", "Serilog:WriteTo:1:Args:retainedFileCountLimit", "whole number")]
    [TestCase("\"path\": \"/var/log/sispi-agent/sispi-agent-.log\",", "", "Serilog:WriteTo:1:Args:path", "Give it a value.")]
    [TestCase("\"Serilog.Sinks.File\" ]", "\"Serilog.Sinks.Fil\" ]", "Serilog:Using:1", "Did you mean Serilog.Sinks.File?")]
    public void What_is_misspelt_is_named_with_what_would_be_right(string from, string to, string key, string remedy, bool isQuoted = true)
    {
        Assert.That(Shipped, Does.Contain(from));

        var error = Errors(Shipped.Replace(from, to, StringComparison.Ordinal)).Single();

        Assert.That(error.Key, Is.EqualTo(key));
        Assert.That(error.Remedy, Does.Contain(isQuoted ? remedy : remedy.Trim('"')));
    }

    [Test]
    public void The_environment_is_held_to_the_same() => Assert.That(
        Errors(Shipped, ("Serilog__MinimumLevel__Default", "Debugg"), ("Serilog__MinimumLevel__Override__Quartz", "Debug")).Select(error => error.Key), Is.EqualTo(new[] { "Serilog:MinimumLevel:Default" }));

    [Test]
    public async Task The_verb_says_it()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["appsettings.json"], Shipped.Replace("\"Name\": \"Console\"", "\"Name\": \"Consol\"", StringComparison.Ordinal));

        var (code, output) = await RunningAgent.VerbAsync("config", "check", "--config", folder["appsettings.json"]);

        Assert.That(code, Is.EqualTo(ExitCode.BadConfiguration));
        Assert.That(output, Does.Contain("Serilog:WriteTo:0:Name").And.Contain("Did you mean Console?"));
    }

    private static IReadOnlyList<ConfigurationError> Errors(string text, params (string Name, string Value)[] variables)
    {
        try
        {
            Sections.Loader.Load("appsettings.json", text, variables.ToDictionary(one => one.Name, one => one.Value));
            return [];
        }
        catch (ConfigurationException e)
        {
            return e.Errors;
        }
    }
}
