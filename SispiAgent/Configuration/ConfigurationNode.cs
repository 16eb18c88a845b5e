using System.Text.Json;

namespace SispiAgent.Configuration;

/// <summary>A place in the configuration before it has a type: an object, a list, or a value from the file or from the environment.</summary>
internal sealed class ConfigurationNode
{
    /// <summary>The members of an object, by key without regard to case.</summary>
    public Dictionary<string, ConfigurationNode>? Members { get; init; }

    /// <summary>The entries of a list.</summary>
    public List<ConfigurationNode>? Entries { get; init; }

    /// <summary>The kind of a value in the file; text for one from the environment.</summary>
    public JsonValueKind Kind { get; init; }

    /// <summary>A value's text.</summary>
    public string Text { get; init; } = "";

    /// <summary>The environment variable that it comes from; <see langword="null"/>: the file.</summary>
    public string? Variable { get; init; }

    /// <summary>Turns JSON into nodes; a key that stands twice in one object is an error.</summary>
    public static ConfigurationNode From(JsonElement element, string path, List<ConfigurationError> errors)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new Dictionary<string, ConfigurationNode>(StringComparer.OrdinalIgnoreCase);
                foreach (var property in element.EnumerateObject())
                {
                    var key = path.Length == 0 ? property.Name : $"{path}:{property.Name}";
                    if (!members.TryAdd(property.Name, From(property.Value, key, errors)))
                        errors.Add(new(key, "stands twice.", "Keep one of them."));
                }

                return new() { Members = members, Kind = JsonValueKind.Object };
            case JsonValueKind.Array:
                return new() { Entries = [.. element.EnumerateArray().Select((entry, index) => From(entry, $"{path}:{index}", errors))], Kind = JsonValueKind.Array };
            default:
                return new() { Kind = element.ValueKind, Text = element.ValueKind is JsonValueKind.String ? element.GetString()! : element.GetRawText() };
        }
    }

    /// <summary>Puts an environment variable's value in its place, over what the file has.</summary>
    /// <returns>Whether there is such a place: a value has nothing below it, and a list grows only at its end.</returns>
    public bool Override(IReadOnlyList<string> path, string variable, string text)
    {
        var node = this;
        foreach (var key in path.SkipLast(1))
        {
            if (node.Entries is { } entries)
            {
                if (!int.TryParse(key, out var index) || index < 0 || index >= entries.Count)
                    return false;
                node = entries[index];
                continue;
            }

            if (node.Members is null)
                return false;
            if (!node.Members.TryGetValue(key, out var next))
                node.Members.Add(key, next = new() { Members = new(StringComparer.OrdinalIgnoreCase), Kind = JsonValueKind.Object, Variable = variable });
            node = next;
        }

        var value = new ConfigurationNode { Kind = JsonValueKind.String, Text = text, Variable = variable };
        if (node.Entries is { } list)
        {
            if (!int.TryParse(path[^1], out var at) || at < 0 || at > list.Count)
                return false;
            if (at == list.Count)
                list.Add(value);
            else
                list[at] = value;
            return true;
        }

        if (node.Members is not { } members)
            return false;
        members[path[^1]] = value;
        return true;
    }

    /// <summary>The entries, also of a list that only the environment has: <c>Mail__Recipients__0</c>.</summary>
    public IReadOnlyList<ConfigurationNode>? AsList() => Entries ?? (Variable is not null && Members is { Count: > 0 } && Enumerable.Range(0, Members.Count).All(index => Members.ContainsKey($"{index}"))
        ? [.. Enumerable.Range(0, Members.Count).Select(index => Members[$"{index}"])]
        : null);
}
