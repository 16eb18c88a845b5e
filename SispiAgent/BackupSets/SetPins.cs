using System.Text.Json;
using SispiAgent.Platform;

namespace SispiAgent.BackupSets;

/// <summary>That somebody wants a set kept for ever.</summary>
/// <param name="Schema">The format's number, 1.</param>
/// <param name="Reason">Why; may be empty.</param>
/// <param name="At">Since when, UTC; <see langword="null"/> if that can't be read.</param>
internal sealed record SetPin(int Schema, string Reason, DateTimeOffset? At);

/// <summary>
/// The pins of one host's disk: <c>20261129T140200Z.pin</c> beside the set's folder. Not in <c>agent.db</c>, whose loss would unpin everything, and
/// not in the folder, where it would be a stranger among the set's files.
/// </summary>
internal static class SetPins
{
    private const string Suffix = ".pin";
    private const int Schema = 1;

    /// <summary>Whether a set is pinned, and why. A pin that can't be read is one.</summary>
    public static SetPin? Read(string setFolder)
    {
        try
        {
            return JsonSerializer.Deserialize<SetPin>(File.ReadAllText(PathOf(setFolder)), ManifestFile.Options) is { Reason: not null } pin ? pin : Unreadable("it is empty");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return Unreadable(e.Message);
        }
    }

    /// <summary>Pins a set; one that is pinned gets the new reason.</summary>
    public static void Pin(string setFolder, string reason, DateTimeOffset now) => DurableFile.Write(PathOf(setFolder), JsonSerializer.Serialize(new SetPin(Schema, reason, now.ToUniversalTime()), ManifestFile.Options) + "\n");

    /// <summary>Unpins a set.</summary>
    /// <returns>Whether it was pinned.</returns>
    public static bool Unpin(string setFolder)
    {
        if (!File.Exists(PathOf(setFolder)))
            return false;
        File.Delete(PathOf(setFolder));
        DurableFile.FlushDirectory(Path.GetDirectoryName(PathOf(setFolder))!);
        return true;
    }

    private static string PathOf(string setFolder) => setFolder + Suffix;

    private static SetPin Unreadable(string why) => new(Schema, $"its pin can't be read: {why}", null);
}
