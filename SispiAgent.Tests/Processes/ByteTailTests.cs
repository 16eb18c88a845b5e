using System.Text;
using CsCheck;
using SispiAgent.Processes;

namespace SispiAgent.Tests.Processes;

internal sealed class ByteTailTests
{
    [Test]
    public void It_keeps_the_end_whatever_the_pieces() => Gen.String[Gen.Char['a', 'z'], 0, 40].Array[0, 12].Sample(pieces =>
    {
        using var tail = new ByteTail(16);
        foreach (var piece in pieces)
            tail.Write(Encoding.UTF8.GetBytes(piece));
        var all = string.Concat(pieces);
        Assert.That(tail.ToString(), Is.EqualTo(all.Length > 16 ? all[^16..] : all));
    });

    [Test]
    public void What_was_dropped_takes_the_rest_of_its_line_with_it()
    {
        using var tail = new ByteTail(12);
        tail.Write("first line\nsecond\nend\n"u8);
        Assert.That(tail.ToString(), Is.EqualTo("second\nend\n").Or.EqualTo("end\n"));
    }
}
