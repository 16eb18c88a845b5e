using System.Text.Json;
using SispiAgent.BackupSets;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Peers;
using SispiAgent.Platform;
using SispiAgent.Processes;

namespace SispiAgent.Backup;

/// <summary>Brings sets to the other database hosts, and has them checked there. A copy that fails does not undo the set.</summary>
internal sealed class SetCopies(CurrentSite site, PeerRsync rsync, PeerShell shell, SetMarks marks, LiveOptions<PeersOptions> peers, AgentPaths paths)
{
    /// <summary>The hosts that get copies.</summary>
    public IReadOnlyList<Node> Destinations() =>
        [.. site.Value.Nodes.Where(node => node != site.Value.Self && node.Kind is NodeKind.Database && node.BackupDirectory.Length > 0)];

    /// <summary>Copies one set to every other database host.</summary>
    /// <returns>What went wrong, one host a line; empty if every host has it.</returns>
    public async Task<IReadOnlyList<string>> CopyAsync(BackupSet set, IProgress<BackupProgress> progress, CancellationToken cancellationToken)
    {
        using var only = FileLock.TryTake(Path.Combine(paths.StateDirectory, "copy.lock")) ?? throw new AgentException("Another copy runs at present.", "Wait for it: sispi-agent status");
        List<string> problems = [];
        foreach (var node in Destinations())
        {
            var unit = $"copy to {node.Name}";
            try
            {
                progress.Report(new(unit, "copies", 0.1));
                var verdict = await VerifyAsync(set, node, isQuick: true, cancellationToken);
                if (verdict is not { IsGood: true })
                {
                    await rsync.PushAsync(set.Folder, node, $"{set.Id}{SetName.Partial}", cancellationToken);
                    progress.Report(new(unit, "is checked there", 0.7));
                    verdict = await VerifyAsync(set, node, isQuick: false, cancellationToken);
                }

                var problem = await JudgeAsync(set, verdict!, cancellationToken);
                marks.Record(set.Id, node.Name, problem);
                progress.Report(new(unit, problem ?? "proven there", 1));
                if (problem is not null)
                    problems.Add($"{node.Name}: {problem}");
            }
            catch (Exception e) when (e is AgentException or PeerSilentException or ToolFailedException or JsonException)
            {
                problems.Add($"{node.Name}: {e.Message}{(e is AgentException { Hint: var hint } ? $" {hint}" : "")}");
                progress.Report(new(unit, "failed", 1));
            }
        }

        return problems;
    }

    /// <summary>The newest own sets whose copy no host was seen to have, newest first.</summary>
    public IReadOnlyList<BackupSet> Unproven()
    {
        var self = site.Value.Self;
        var seen = marks.ReadAll().Where(mark => mark.Problem is null).Select(mark => (mark.Set, mark.Node)).ToHashSet();
        return [.. SetCatalog.Read(self.BackupDirectory).Where(set => set.Manifest.Origin == self.Name && Destinations().Any(node => !seen.Contains((set.Id, node.Name))))];
    }

    private async Task<CopyVerdict?> VerifyAsync(BackupSet set, Node node, bool isQuick, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await shell.RunAsync(node, "verify", new CopyQuestion(set.Manifest.Origin, set.Manifest.Name), peers.Current.CopyTimeout, cancellationToken);
            return JsonSerializer.Deserialize<CopyVerdict>(answer, ManifestFile.Options);
        }
        catch (Exception e) when (isQuick && (e is PeerSilentException or ToolFailedException or JsonException))
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
