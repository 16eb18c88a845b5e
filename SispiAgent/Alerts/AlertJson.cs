using System.Text.Json;
using System.Text.Json.Serialization;

namespace SispiAgent.Alerts;

/// <summary>How alerts, notices and letters are written in <c>agent.db</c>.</summary>
internal static class AlertJson
{
    private static readonly JsonSerializerOptions Options = new() { Converters = { new JsonStringEnumConverter() } };

    /// <summary>A value as text.</summary>
    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>The value of a text that <see cref="Write"/> made.</summary>
    public static T Read<T>(string text) => JsonSerializer.Deserialize<T>(text, Options)!;
}
