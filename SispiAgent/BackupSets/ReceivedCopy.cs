using SispiAgent.Platform;

namespace SispiAgent.BackupSets;

/// <summary>A copy that another host has sent: checked, and only then renamed to a set.</summary>
internal static class ReceivedCopy
{
    /// <summary>The folder that rsync leaves where a file was cut off.</summary>
    private const string RsyncLeft = ".rsync-partial";

    /// <summary>Checks a copy below this host's backup directory and publishes it. What is published already is checked again, and replaced when it has rotted.</summary>
    /// <param name="backupDirectory">This host's.</param>
    /// <param name="question">Which set; its words come from another host.</param>
    /// <param name="isOrigin">Whether a name is a node of the site that dumps.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<CopyVerdict> TakeAsync(string backupDirectory, CopyQuestion question, Func<string, bool> isOrigin, CancellationToken cancellationToken)
    {
        CopyVerdict Bad(params IReadOnlyList<string> problems) => new(CopyVerdict.CurrentSchema, question.Origin, question.Name, false, "", problems);
        if (backupDirectory.Length == 0)
            return Bad("this host has no backup directory");
        if (!isOrigin(question.Origin) || SetName.TryParse(question.Name) is null)
            return Bad("this names no set of this site");
        var final = Path.Combine(backupDirectory, question.Origin, question.Name);
        var partial = final + SetName.Partial;
        var published = Directory.Exists(final) ? await CheckAsync(final, question, cancellationToken) : null;
        if (published is not { Count: 0 })
        {
            if (!Directory.Exists(partial))
                return Bad(published ?? [$"{partial} is not there"]);
            if (await CheckAsync(partial, question, cancellationToken) is { Count: > 0 } problems)
                return Bad(problems);
            if (published is not null)
                Directory.Move(final, $"{final}.damaged-{Guid.NewGuid():N}"); // moved aside, never deleted: somebody may want to know why
            DurableFile.FlushDirectory(partial);
            Directory.Move(partial, final);
            DurableFile.FlushDirectory(Path.GetDirectoryName(final)!);
        }

        return new(CopyVerdict.CurrentSchema, question.Origin, question.Name, true, await SumsFile.HashAsync(Path.Combine(final, ManifestFile.Name), cancellationToken), []);
    }

    private static async Task<IReadOnlyList<string>> CheckAsync(string folder, CopyQuestion question, CancellationToken cancellationToken)
    {
        if (Directory.Exists(Path.Combine(folder, RsyncLeft)))
            Directory.Delete(Path.Combine(folder, RsyncLeft), recursive: true);
        var problems = await SetVerification.VerifyAsync(folder, cancellationToken);
        if (problems.Count > 0)
            return problems;
        var manifest = ManifestFile.Read(folder);
        return manifest.Origin == question.Origin && manifest.Name == question.Name ? [] : [$"its manifest is of {manifest.Origin}/{manifest.Name}"];
    }
}
