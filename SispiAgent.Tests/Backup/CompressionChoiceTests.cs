using SispiAgent.Backup;

namespace SispiAgent.Tests.Backup;

internal sealed class CompressionChoiceTests
{
    [TestCase("", 15, "--compress=1", "zstd came with 16")]
    [TestCase("", 16, "--compress=zstd:1", "No other host")]
    [TestCase("", 17, "--compress=zstd:1", "No other host")]
    [TestCase("none", 15, "--compress=0", "says so")]
    [TestCase("gzip:9", 15, "--compress=9", "says so")]
    [TestCase("gzip:9", 17, "--compress=gzip:9", "says so")]
    [TestCase("lz4", 16, "--compress=lz4", "says so")]
    public void Alone(string configured, int major, string argument, string reason)
    {
        var choice = CompressionChoice.Decide(configured, $"{major}.1", major, []);
        Assert.That(choice.Argument, Is.EqualTo(argument));
        Assert.That(choice.Reason, Does.Contain(reason));
    }

    [TestCase(17, 17, "--compress=zstd:1", "Every host")]
    [TestCase(17, 18, "--compress=zstd:1", "Every host")]
    [TestCase(17, 16, "--compress=gzip:1", "pg_restore of fnal is 16")]
    [TestCase(17, null, "--compress=gzip:1", "pg_restore of fnal is not known")]
    [TestCase(16, 15, "--compress=gzip:1", "pg_restore of fnal is 15")]
    public void Only_what_every_reader_was_seen_to_read(int major, int? reader, string argument, string reason)
    {
        var choice = CompressionChoice.Decide("", $"{major}.1", major, [new("server3", 18), new("fnal", reader)]);
        Assert.That(choice.Argument, Is.EqualTo(argument));
        Assert.That(choice.Reason, Does.Contain(reason));
    }

    [TestCase("", 15, true)]
    [TestCase("gzip:1", 15, true)]
    [TestCase("gzip:2", 15, false)]
    [TestCase("none", 15, false)]
    [TestCase("", 16, false)]
    public void The_agent_compresses_itself_only_what_it_can_do_as_pg_dump_would(string configured, int major, bool isHere)
    {
        var choice = CompressionChoice.Decide(configured, $"{major}.1", major, []).PackedHere();
        Assert.That((choice.IsPackedHere, choice.Argument == "--compress=0"), Is.EqualTo((isHere, isHere || configured == "none")));
    }

    [Test]
    public void What_pg_dump_cannot_do_is_refused_with_a_remedy() =>
        Assert.That(() => CompressionChoice.Decide("zstd:3", "15.20", 15, []), Throws.InstanceOf<AgentException>().With.Message.Contains("15.20 can't compress with zstd:3"));
}
