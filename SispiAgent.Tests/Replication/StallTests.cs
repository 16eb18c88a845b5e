using SispiAgent.History;
using SispiAgent.Replication;

namespace SispiAgent.Tests.Replication;

internal sealed class StallTests
{
    private static readonly DateTimeOffset Begin = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    // each "minute=position"; what is received stands still from its last change on
    [TestCase("0=100 1=200 2=200", "1.5=200", 0, 0)]
    [TestCase("0=100 1=200 2=200", "1.5=900", 0, 700)]
    [TestCase("0=100 1=200 2=200", "0.5=900", 0, 0, Description = "it was told before the last reception")]
    [TestCase("0=100 1=200 2=300", "1.5=900", 0, 0, Description = "it receives")]
    [TestCase("0=100 1=100 2=100", "1.5=900", 1.7, 0, Description = "what an earlier receiver did not receive")]
    [TestCase("1=200 2=200", "1.5=150", 0, 0, Description = "the primary's answer is older than it looks")]
    [TestCase("", "1.5=900", 0, 0)]
    [TestCase("1=200 2=200", "", 0, 0)]
    public void What_is_not_received_counts_only_while_nothing_is_received(string received, string written, double receiverSince, long unreceived) =>
        Assert.That(Stall.Unreceived(Read(received), Read(written), Begin.AddMinutes(receiverSince)), Is.EqualTo(unreceived));

    private static Measurement[] Read(string samples) =>
    [
        .. samples.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(sample => sample.Split('='))
            .Select(parts => new Measurement("n", Positions.Quantity, long.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture), Begin.AddMinutes(double.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture)))),
    ];
}
