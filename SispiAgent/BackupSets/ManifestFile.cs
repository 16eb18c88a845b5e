using System.Text.Encodings.Web;
using System.Text.Json;

namespace SispiAgent.BackupSets;

/// <summary>The manifest as it is written.</summary>
internal static class ManifestFile
{
    /// <summary>Its name in a set's folder.</summary>
    public const string Name = "manifest.json";

    /// <summary>How everything of the backups that a script may read is written.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The manifest as text.</summary>
    public static string Write(SetManifest manifest) => JsonSerializer.Serialize(manifest, Options) + "\n";

    /// <summary>The manifest of a set's folder.</summary>
    /// <exception cref="JsonException">It is none that this agent knows.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public static SetManifest Read(string folder)
    {
        var manifest = JsonSerializer.Deserialize<SetManifest>(File.ReadAllText(Path.Combine(folder, Name)), Options) ?? throw new JsonException("The manifest is empty.");
        return manifest.Schema == SetManifest.CurrentSchema
            ? manifest
            : throw new JsonException($"The manifest has schema {manifest.Schema}; this agent knows {SetManifest.CurrentSchema}.");
    }
}
