using SispiAgent.Processes;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Deploy;

/// <summary>What <c>deploy/test.sh</c> prints last must never turn a suite that passed into one that failed.</summary>
internal sealed class SlowestTests
{
    [Test]
    public async Task The_slowest_are_named_however_many_tests_there_were()
    {
        using var folder = new TempFolder();
        var report = folder["user.trx"];
        await File.WriteAllLinesAsync(report, Enumerable.Range(1, 20_000).Select(i =>
            $"""<UnitTestResult testName="Some_test_with_a_name_of_the_usual_length_and_number_{i}" duration="00:00:{i / 1000:00}.{i % 1000:000}0000" outcome="Passed" />"""));

        var result = await ToolRunner.RunAsync(
            new ToolCommand("bash", ["-c", "set -euo pipefail; . \"$1\"; slowest 2 \"$2\"; echo done", "bash", Repository.Path("deploy/lib/results.sh"), report]), default);

        Assert.That(result.Output.Trim().Split('\n').Select(line => line.Trim()), Is.EqualTo(new[]
        {
            "20.0  Some_test_with_a_name_of_the_usual_length_and_number_20000",
            "20.0  Some_test_with_a_name_of_the_usual_length_and_number_19999",
            "done",
        }), result.ErrorTail);
    }
}
