using SispiAgent.Platform;

namespace SispiAgent.BackupSets;

/// <summary>A copy that another host has sent: checked, and only then renamed to a set.</summary>
internal static class ReceivedCopy
{
    /// <summary>For how long nothing may have been written to a copy that was begun until it counts as given up. The longest copy of a set takes less from file to file.</summary>
    private static readonly TimeSpan GivenUpAfter = TimeSpan.FromDays(1);

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
            if (question.IsLook)
            {
                Expect(partial);
                return Bad(published ?? ["it is not here yet"]);
            }

            if (!Directory.Exists(partial))
                return Bad(published ?? [$"{partial} is not there"]);
            if (await CheckAsync(partial, question, cancellationToken) is { Count: > 0 } problems)
                return Bad(problems);
            // who reads it holds it; who waits to read it gets the new one
            using var taken = SetHold.TryTakeForRemoval(final);
            if (taken is null)
                return Bad([$"the copy that is there can't be replaced while it is read by {SetHold.Holder(final) ?? "somebody"}; the new one waits beside it", .. published ?? []]);
            if (published is not null)
                Directory.Move(final, $"{final}.damaged-{Guid.NewGuid():N}"); // moved aside, never deleted: somebody may want to know why
            File.Delete(Path.Combine(partial, SetName.Mark));
            DurableFile.FlushDirectory(partial);
            Directory.Move(partial, final);
            DurableFile.FlushDirectory(Path.GetDirectoryName(final)!);
        }

        return new(CopyVerdict.CurrentSchema, question.Origin, question.Name, true, await SumsFile.HashAsync(Path.Combine(final, ManifestFile.Name), cancellationToken), []);
    }

    /// <summary>
    /// Removes copies that were begun and given up: with this host's own mark in them, older than the newest complete set of their origin, and long not
    /// written to. This host's own runs clean up after themselves.
    /// </summary>
    /// <returns>What was removed.</returns>
    public static IReadOnlyList<string> RemoveGivenUp(string backupDirectory, string self, DateTimeOffset now)
    {
        var newest = SetCatalog.Read(backupDirectory).GroupBy(set => set.Manifest.Origin).ToDictionary(sets => sets.Key, sets => sets.Max(set => set.Time));
        List<string> removed = [];
        foreach (var origin in newest.Keys.Where(origin => origin != self))
        {
            foreach (var folder in Directory.EnumerateDirectories(Path.Combine(backupDirectory, origin), "*" + SetName.Partial))
            {
                if (SetName.TryParse(Path.GetFileName(folder)[..^SetName.Partial.Length]) is { } time && time < newest[origin] && File.Exists(Path.Combine(folder, SetName.Mark)) && now - LastWritten(folder) > GivenUpAfter)
                {
                    Directory.Delete(folder, recursive: true);
                    removed.Add($"{origin}/{Path.GetFileName(folder)}");
                }
            }
        }

        return removed;
    }

    /// <summary>Makes the folder for a copy that is about to come, with a mark by which this host knows its own later.</summary>
    private static void Expect(string partial)
    {
        OwnerOnly.CreateFolder(partial);
        var mark = Path.Combine(partial, SetName.Mark);
        if (!File.Exists(mark))
            DurableFile.Write(mark, "A copy of a backup set that another host sends. It is removed when it was given up and a newer one is complete.\n");
    }

    private static DateTimeOffset LastWritten(string folder) =>
        new[] { folder }.Concat(Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)).Max(entry => new DateTimeOffset(File.GetLastWriteTimeUtc(entry), TimeSpan.Zero));

    private static async Task<IReadOnlyList<string>> CheckAsync(string folder, CopyQuestion question, CancellationToken cancellationToken)
    {
        var problems = await SetVerification.VerifyAsync(folder, cancellationToken);
        if (problems.Count > 0)
            return problems;
        var manifest = ManifestFile.Read(folder);
        return manifest.Origin == question.Origin && manifest.Name == question.Name ? [] : [$"its manifest is of {manifest.Origin}/{manifest.Name}"];
    }
}
