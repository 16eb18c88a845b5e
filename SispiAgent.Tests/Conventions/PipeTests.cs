using System.Text.RegularExpressions;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Conventions;

/// <summary>
/// Under <c>pipefail</c> a reader that leaves early fails its whole pipe as soon as the writer has more to say than a pipe holds: on another day, on another machine.
/// Scripts read to the end, <c>sed -n 1,20p</c> instead of <c>head -n 20</c>, and give <c>grep -q</c> a here-string.
/// </summary>
internal sealed partial class PipeTests
{
    private static IEnumerable<string> Scripts =>
        new[] { "deploy", "systemd", ".ci" }.SelectMany(folder => Directory.EnumerateFiles(Repository.Path(folder), "*", SearchOption.AllDirectories));

    [Test]
    public void No_script_leaves_a_pipe_before_its_writer() =>
        Assert.That(Scripts.SelectMany(script => File.ReadLines(script).Where(LeavesEarly).Select(line => $"{script}: {line.Trim()}")), Is.Empty);

    [TestCase("  sort -rn | head -n 20", true)]
    [TestCase("dotnet --list-sdks 2>/dev/null | grep -q '^10'", true)]
    [TestCase("cat log | grep -m1 error", true)]
    [TestCase("cat log | grep -Eqs error", true)]
    [TestCase("cat log | sed -n '1,20p'", false)]
    [TestCase("grep -q error log || head -n 3 log", false)]
    [TestCase("cat log | grep -v -- -quiet", false)]
    public void A_planted_one_is_caught(string line, bool isCaught) => Assert.That(LeavesEarly(line), Is.EqualTo(isCaught));

    private static bool LeavesEarly(string line) => EarlyReader().IsMatch(line);

    [GeneratedRegex(@"(?<!\|)\|\s*(head\b|grep\s+(-\w+\s+)*-\w*[qm])", RegexOptions.CultureInvariant)]
    private static partial Regex EarlyReader();
}
