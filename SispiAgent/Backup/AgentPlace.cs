using System.Text.Json;
using SispiAgent.BackupSets;
using SispiAgent.Cluster;
using SispiAgent.Peers;
using SispiAgent.Processes;

namespace SispiAgent.Backup;

/// <summary>Another database host: its agent checks what has arrived, hash by hash, and renames it to a set.</summary>
internal sealed class AgentPlace(Node node, PeerRsync rsync, PeerShell shell, TimeSpan timeout) : ICopyPlace
{
    /// <inheritdoc/>
    public string Name => node.Name;

    /// <inheritdoc/>
    public string Where => node.BackupDirectory;

    /// <inheritdoc/>
    public async Task<string?> CopyAsync(BackupSet set, IProgress<BackupProgress> progress, CancellationToken cancellationToken)
    {
        var unit = $"copy to {node.Name}";
        progress.Report(new(unit, "copies", 0.1));
        var verdict = await VerifyAsync(set, isLook: true, cancellationToken);
        if (verdict is not { IsGood: true })
        {
            await rsync.PushAsync(set.Folder, node, $"{set.Id}{SetName.Partial}", cancellationToken, SetName.Mark);
            progress.Report(new(unit, "is checked there", 0.7));
            verdict = await VerifyAsync(set, isLook: false, cancellationToken);
        }

        return await JudgeAsync(set, verdict!, cancellationToken);
    }

    private async Task<CopyVerdict?> VerifyAsync(BackupSet set, bool isLook, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await shell.RunAsync(node, "verify", new CopyQuestion(set.Manifest.Origin, set.Manifest.Name) { IsLook = isLook }, timeout, cancellationToken);
            return JsonSerializer.Deserialize<CopyVerdict>(answer, ManifestFile.Options);
        }
        catch (Exception e) when (isLook && e is (PeerSilentException or ToolFailedException or JsonException))
        {
            return null; // whether it has the copy already could not be asked: the copy itself will say what is wrong
        }
    }

    private static async Task<string?> JudgeAsync(BackupSet set, CopyVerdict verdict, CancellationToken cancellationToken) =>
        verdict.Schema != CopyVerdict.CurrentSchema ? $"its answer has schema {verdict.Schema}; install the same agent on all hosts"
        : !verdict.IsGood ? string.Join("; ", verdict.Problems)
        : verdict.ManifestSha256 != await SumsFile.HashAsync(Path.Combine(set.Folder, ManifestFile.Name), cancellationToken) ? "the copy there is of another set with the same name"
        : null;
}
