using System.Text.Json.Serialization;

namespace SispiAgent.Postgres;

/// <summary>One name in a field of <c>pg_hba.conf</c>. In quotes a keyword (<c>all</c>, <c>replication</c>, <c>+role</c>) is only a name.</summary>
/// <param name="Text">The name without its quotes.</param>
/// <param name="IsQuoted">Whether it began with a quote.</param>
internal sealed record AccessName(string Text, bool IsQuoted)
{
    /// <summary>Whether it is a regular expression, after its slash: 16 and later.</summary>
    public bool IsPattern { get; init; }

    /// <summary>The role of <c>+role</c>, whose members are meant.</summary>
    [JsonIgnore]
    public string? Role => !IsQuoted && Text.Length > 1 && Text[0] == '+' ? Text[1..] : null;

    /// <summary>Whether it is a keyword.</summary>
    public bool Is(string keyword) => !IsQuoted && Text == keyword;

    /// <inheritdoc/>
    public override string ToString() => IsQuoted || Text.AsSpan().IndexOfAny(" \t,#\"") >= 0 ? $"\"{Text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : Text;
}
