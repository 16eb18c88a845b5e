using System.Text.Json;
using System.Text.Json.Serialization;

namespace SispiAgent.Cli;

/// <summary>How verbs print JSON for scripts: camel case, enums by name, each document with a schema number.</summary>
internal static class JsonOutput
{
    /// <summary>The options.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true, Converters = { new JsonStringEnumConverter() } };
}
