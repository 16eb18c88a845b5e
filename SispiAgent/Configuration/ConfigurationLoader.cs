using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace SispiAgent.Configuration;

/// <summary>Reads <c>appsettings.json</c> and the environment into a snapshot, or says everything that is wrong.</summary>
/// <param name="sections">The sections that the agent knows.</param>
/// <param name="foreign">Top-level keys that other libraries read.</param>
/// <param name="rules">Rules across sections; they are asked also when a section has errors, so that all come at once.</param>
/// <param name="unhashed">The section that may differ from host to host.</param>
internal sealed class ConfigurationLoader(
    IReadOnlyList<ConfigurationSection> sections, IReadOnlyList<ForeignSection> foreign, Func<ConfigurationSnapshot, IEnumerable<ConfigurationError>> rules, string unhashed)
{
    private static readonly JsonDocumentOptions Json = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
    private static readonly JsonSerializerOptions Effective = new() { WriteIndented = true, Converters = { new JsonStringEnumConverter() }, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Loads a file, with the environment's overrides.</summary>
    /// <exception cref="ConfigurationException">It is not valid; every error is in it.</exception>
    public ConfigurationSnapshot Load(string file)
    {
        string text;
        try
        {
            text = File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(file, [new(file, $"can't be read: {e.Message}", "Put it there, or name another with --config.")]);
        }

        var variables = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");
        return Load(file, text, variables);
    }

    /// <summary>Loads a text, with some variables as environment.</summary>
    /// <exception cref="ConfigurationException">It is not valid; every error is in it.</exception>
    public ConfigurationSnapshot Load(string file, string text, IReadOnlyDictionary<string, string> variables)
    {
        var errors = new List<ConfigurationError>();
        var root = Parse(file, text, errors);
        var overrides = Override(root, variables, errors);
        var objects = Walk(root, errors);
        var effective = new JsonObject();
        foreach (var section in sections)
            effective.Add(section.Name, JsonSerializer.SerializeToNode(objects[section.Options], section.Options, Effective));
        var snapshot = new ConfigurationSnapshot(objects, Hash(effective), effective.ToJsonString(Effective), overrides);
        errors.AddRange(rules(snapshot).Where(error => errors.All(known => known.Key != error.Key)).ToList());
        return errors.Count == 0 ? snapshot : throw new ConfigurationException(file, errors);
    }

    private string[] Known => [.. sections.Select(section => section.Name), .. foreign.Select(other => other.Name)];

    private static ConfigurationNode Parse(string file, string text, List<ConfigurationError> errors)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Json);
            var root = ConfigurationNode.From(document.RootElement, "", errors);
            return root.Members is not null ? root : throw new ConfigurationException(file, [new(file, "is no JSON object.", "Begin with { and end with }.")]);
        }
        catch (JsonException e)
        {
            throw new ConfigurationException(file, [new($"{file}, line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}", "is no JSON from here on.", "Look for a missing comma, quote or bracket just before it.")]);
        }
    }

    private List<string> Override(ConfigurationNode root, IReadOnlyDictionary<string, string> variables, List<ConfigurationError> errors)
    {
        List<string> overrides = [];
        foreach (var (name, value) in variables.OrderBy(variable => variable.Key.Length).ThenBy(variable => variable.Key, StringComparer.Ordinal)) // entry 2 of a list before entry 10
        {
            var path = name.Split("__");
            if (path.Length < 2 || !Known.Contains(path[0], StringComparer.OrdinalIgnoreCase))
                continue;
            if (!root.Override(path, name, value))
                errors.Add(new(string.Join(':', path), $"has no place for the environment variable {name}.", "A value has no keys below it; a list's entries are numbered from 0 without a gap."));
            overrides.Add($"{string.Join(':', path)} from the environment variable {name}");
        }

        return overrides;
    }

    private Dictionary<Type, object> Walk(ConfigurationNode root, List<ConfigurationError> errors)
    {
        errors.AddRange(root.Members!.Where(member => !Known.Contains(member.Key, StringComparer.OrdinalIgnoreCase)).Select(member => ConfigurationWalker.Unknown(member.Key, member.Key, member.Value, Known)));
        foreach (var other in foreign.Where(other => root.Members!.ContainsKey(other.Name)))
            errors.AddRange(other.Check(root.Members![other.Name]));
        var walker = new ConfigurationWalker(errors);
        return sections.ToDictionary(section => section.Options, section => walker.Walk(root.Members!.GetValueOrDefault(section.Name), section.Options, section.Name));
    }

    /// <summary>Equal for equal sites, whatever the order and the comments of the files.</summary>
    private string Hash(JsonObject effective)
    {
        var canonical = new StringBuilder();
        Canonicalize(new JsonObject(effective.Where(section => section.Key != unhashed).Select(section => KeyValuePair.Create(section.Key, section.Value?.DeepClone()))), canonical);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString())));
    }

    private static void Canonicalize(JsonNode? node, StringBuilder text)
    {
        switch (node)
        {
            case JsonObject members:
                text.Append('{');
                foreach (var (key, value) in members.OrderBy(member => member.Key, StringComparer.Ordinal))
                {
                    text.Append(key).Append(':');
                    Canonicalize(value, text);
                }

                text.Append('}');
                break;
            case JsonArray entries:
                text.Append('[');
                foreach (var entry in entries)
                    Canonicalize(entry, text);
                text.Append(']');
                break;
            default:
                text.Append(node?.ToJsonString() ?? "null").Append(';');
                break;
        }
    }
}
