using System.Text;
using SispiAgent.BackupSets;

namespace SispiAgent.Tests.Support;

/// <summary>Sets as they lie on a disk, made without a server: every file, hash and size is right, the dumps' contents are not read.</summary>
internal static class MadeSet
{
    public static string Make(string backupDirectory, string origin, DateTimeOffset time, string systemIdentifier = "7", Func<SetManifest, SetManifest>? change = null, params (string Name, byte[] Content)[] more)
    {
        var name = SetName.For(time);
        var folder = Directory.CreateDirectory(Path.Combine(backupDirectory, origin, name)).FullName;
        List<SetFile> files = [Write(folder, "globals.sql", "globals", null, Encoding.UTF8.GetBytes($"-- {origin}/{name}\n"), time), Write(folder, "postgres.whole.dump", "dump", "postgres", Encoding.UTF8.GetBytes($"dump of {name}"), time)];
        files.AddRange(more.Select(file => Write(folder, file.Name, "text", null, file.Content, time)));
        var manifest = new SetManifest(SetManifest.CurrentSchema, origin, name, systemIdentifier, 1, "15.20", 150020, "0.2", "15.20", time, time.AddMinutes(1), "12", "15",
            [new("postgres", "postgres", "UTF8", "C", "C", 7_000_000, null, null, time, 1, [])], files, [], []);
        Seal(folder, change is null ? manifest : change(manifest));
        return folder;
    }

    public static void Seal(string folder, SetManifest manifest)
    {
        File.WriteAllText(Path.Combine(folder, ManifestFile.Name), ManifestFile.Write(manifest));
        File.WriteAllText(Path.Combine(folder, SumsFile.Name), SumsFile.Write([.. manifest.Files.Select(file => (file.Name, file.Sha256)), (ManifestFile.Name, Hash(File.ReadAllBytes(Path.Combine(folder, ManifestFile.Name))))]));
    }

    private static SetFile Write(string folder, string name, string kind, string? database, byte[] content, DateTimeOffset time)
    {
        File.WriteAllBytes(Path.Combine(folder, name), content);
        return new SetFile(name, kind, database, kind == "dump" ? "whole" : null, null, null, null, time, time, content.Length, Hash(content), []);
    }

    private static string Hash(byte[] content) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content));
}
