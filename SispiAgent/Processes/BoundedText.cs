using System.Text;

namespace SispiAgent.Processes;

/// <summary>Text of a chatty child within a bound: its beginning or its end.</summary>
internal sealed class BoundedText(int limit, bool keepEnd)
{
    private readonly StringBuilder _text = new();
    private readonly Lock _lock = new();

    /// <summary>Adds a line, dropping what is over the bound.</summary>
    public void AppendLine(string line)
    {
        lock (_lock)
        {
            if (!keepEnd && _text.Length >= limit)
                return;
            _text.Append(line).Append('\n');
            if (_text.Length > limit)
                _text.Remove(keepEnd ? 0 : limit, _text.Length - limit);
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        lock (_lock)
            return _text.ToString();
    }
}
