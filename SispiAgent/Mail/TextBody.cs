using System.Text;
using SispiAgent.Findings;

namespace SispiAgent.Mail;

/// <summary>Blocks as plain text: the form that is read first.</summary>
internal static class TextBody
{
    private const int BarLength = 20;

    /// <summary>The text, lines ended by a line feed.</summary>
    public static string Render(IReadOnlyList<Block> blocks)
    {
        var text = new StringBuilder();
        foreach (var block in blocks)
            text.Append(One(block).TrimEnd('\n')).Append("\n\n");
        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static string One(Block block) => block switch
    {
        Block.Headline headline => $"{Line(headline.Text)}\n{new string('-', Math.Min(78, Line(headline.Text).Length))}",
        Block.Paragraph paragraph => Line(paragraph.Text),
        Block.Commands commands => string.Join('\n', commands.Lines.Select(line => "    " + Line(line))),
        Block.Table table => Table(table),
        Block.Bars bars => Bars(bars),
        _ => throw new InvalidOperationException($"{block.GetType().Name} has no text form."),
    };

    private static string Table(Block.Table table)
    {
        IReadOnlyList<IReadOnlyList<string>> rows = [table.Columns, .. table.Rows];
        int[] widths = [.. table.Columns.Select((_, column) => rows.Max(row => Line(row[column]).Length))];
        return string.Join('\n', rows.Select(row => string.Join("  ", row.Select((cell, column) =>
            table.RightAligned.Contains(table.Columns[column]) ? Line(cell).PadLeft(widths[column]) : Line(cell).PadRight(widths[column]))).TrimEnd()));
    }

    /// <summary>The label over its bar: a line each, so that neither is broken on a phone.</summary>
    private static string Bars(Block.Bars bars)
    {
        var largest = Math.Max(bars.Values.Select(bar => bar.Value).DefaultIfEmpty().Max(), double.Epsilon);
        return $"{Line(bars.Title)}\n" + string.Join('\n', bars.Values.Select(bar => $"{Line(bar.Label)}\n  {new string('#', Math.Max(1, (int)Math.Round(bar.Value / largest * BarLength)))} {Line(bar.Text)}"));
    }

    /// <summary>One line of data: a line break in it would forge lines of ours, a tab or another control character would tear the columns.</summary>
    private static string Line(string text) => string.Concat(text.ReplaceLineEndings(" ").Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));
}
