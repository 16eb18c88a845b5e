using System.Text;

namespace SispiAgent.Processes;

/// <summary>The beginning of what a chatty child says, within a bound.</summary>
internal sealed class BoundedText(int limit)
{
    private readonly StringBuilder _text = new();
    private readonly Lock _lock = new();

    /// <summary>Adds a line, dropping what is over the bound.</summary>
    public void AppendLine(string line)
    {
        lock (_lock)
        {
            if (_text.Length >= limit)
                return;
            _text.Append(line).Append('\n');
            if (_text.Length > limit)
                _text.Length = limit;
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        lock (_lock)
            return _text.ToString();
    }
}
