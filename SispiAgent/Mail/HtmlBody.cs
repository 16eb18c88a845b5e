using System.Globalization;
using System.Net;
using System.Text;
using SispiAgent.Findings;

namespace SispiAgent.Mail;

/// <summary>Blocks as HTML that reads well on a phone, in the dark too: inline styles, nothing loaded from elsewhere.</summary>
internal static class HtmlBody
{
    private const string Cell = "padding:3px 10px 3px 0;border-bottom:1px solid #8884;vertical-align:top;";

    /// <summary>A whole page.</summary>
    public static string Render(string title, IReadOnlyList<Block> blocks)
    {
        var html = new StringBuilder();
        html.Append("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">")
            .Append("<meta name=\"color-scheme\" content=\"light dark\"><title>").Append(Text(title))
            .Append("</title></head><body style=\"font:15px/1.45 system-ui,sans-serif;max-width:44em;margin:0 auto;padding:12px;overflow-wrap:break-word\">\n");
        foreach (var block in blocks)
            html.Append(One(block)).Append('\n');
        return html.Append("</body></html>\n").ToString();
    }

    private static string One(Block block) => block switch
    {
        Block.Headline headline => $"<h2 style=\"font-size:17px;margin:18px 0 6px;{Bar(headline.Tone)}\">{Text(headline.Text)}</h2>",
        Block.Paragraph paragraph => $"<p style=\"margin:6px 0\">{Text(paragraph.Text)}</p>",
        Block.Commands commands => $"<pre style=\"white-space:pre-wrap;overflow-wrap:anywhere;margin:6px 0;padding:8px 10px;background:#8882;border-radius:6px;font-size:13px\">{Text(string.Join('\n', commands.Lines))}</pre>",
        Block.Table table => Table(table),
        Block.Bars bars => Bars(bars),
        _ => throw new InvalidOperationException($"{block.GetType().Name} has no HTML form."),
    };

    private static string Bar(Tone tone) => tone switch
    {
        Tone.Critical => "border-left:5px solid #d1242f;padding-left:9px",
        Tone.Warning => "border-left:5px solid #d4890b;padding-left:9px",
        Tone.Good => "border-left:5px solid #2da44e;padding-left:9px",
        _ => "",
    };

    private static string Table(Block.Table table)
    {
        bool IsNumber(int column) => table.RightAligned.Contains(table.Columns[column]);
        var html = new StringBuilder("<div style=\"overflow-x:auto\"><table style=\"border-collapse:collapse;font-size:13px;width:100%\"><tr>");
        for (var i = 0; i < table.Columns.Count; i++)
            html.Append(CultureInfo.InvariantCulture, $"<th style=\"{Cell}text-align:{(IsNumber(i) ? "right" : "left")}\">{Text(table.Columns[i])}</th>");
        foreach (var row in table.Rows)
        {
            html.Append("</tr><tr>");
            for (var i = 0; i < row.Count; i++)
                html.Append(CultureInfo.InvariantCulture, $"<td style=\"{Cell}{(IsNumber(i) ? "text-align:right;white-space:nowrap" : "text-align:left")}\">{Breakable(row[i])}</td>");
        }

        return html.Append("</tr></table></div>").ToString();
    }

    private static string Bars(Block.Bars bars)
    {
        var largest = Math.Max(bars.Values.Select(bar => Math.Max(bar.Value, bar.Before ?? 0)).DefaultIfEmpty().Max(), double.Epsilon);
        var html = new StringBuilder($"<p style=\"margin:10px 0 2px\"><b>{Text(bars.Title)}</b></p>");
        foreach (var bar in bars.Values)
        {
            html.Append(CultureInfo.InvariantCulture, $"<div style=\"font-size:13px;margin-top:7px\">{Breakable(bar.Label)}<br><span style=\"opacity:.7\">{Text(bar.Text)}</span></div>")
                .Append(Line(bar.Value / largest, "#3b82c4", 8));
            if (bar.Before is { } before)
                html.Append(Line(before / largest, "#8888", 4));
        }

        return html.ToString();
    }

    private static string Line(double share, string colour, int height) =>
        string.Create(CultureInfo.InvariantCulture, $"<div style=\"background:{colour};border-radius:2px;height:{height}px;margin-top:1px;width:{Math.Max(1, share * 100):0}%\"></div>");

    /// <summary>Long names may be broken behind their own marks, so that a narrow column stays readable.</summary>
    private static string Breakable(string text) => Text(text).Replace(".", ".<wbr>", StringComparison.Ordinal).Replace("_", "_<wbr>", StringComparison.Ordinal).Replace("/", "/<wbr>", StringComparison.Ordinal);

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
