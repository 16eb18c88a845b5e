using System.ComponentModel.DataAnnotations;

namespace SispiAgent.Conformance;

/// <summary>Section <c>Conformance</c>: what the site's guide says of every database server's configuration.</summary>
internal sealed class ConformanceOptions : IValidatableObject
{
    /// <summary>The section's key.</summary>
    public const string Section = "Conformance";

    /// <summary>Settings that every server has, by their name in <c>postgresql.conf</c>, as the guide writes them. Newer names and values that mean the same are accepted.</summary>
    public Dictionary<string, string> Settings { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Settings of single nodes, beside or instead of <see cref="Settings"/>.</summary>
    public Dictionary<string, NodeSettings> Nodes { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Lines of <c>pg_hba.conf</c> that every database host has, since each may become the primary; the address may be a node's name, and is left out on that node. Empty: not looked at.</summary>
    public List<string> Access { get; } = [];

    /// <summary>What one node has.</summary>
    public IReadOnlyDictionary<string, string> For(string node)
    {
        var settings = new Dictionary<string, string>(Settings, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in Nodes.TryGetValue(node, out var own) ? own.Settings : [])
            settings[name] = value;
        return settings;
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var line in Access)
        {
            if (WantedAccess.Problem(line) is { } problem)
                yield return new ValidationResult($"\"{line}\": {problem}. Write it as in pg_hba.conf: host all all 139.229.14.0/25 md5", [nameof(Access)]);
        }
    }
}

/// <summary>One entry of <c>Conformance:Nodes</c>.</summary>
internal sealed class NodeSettings
{
    /// <summary>Settings that this node has.</summary>
    public Dictionary<string, string> Settings { get; } = new(StringComparer.OrdinalIgnoreCase);
}
