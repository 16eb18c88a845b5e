using SispiAgent.Configuration;

namespace SispiAgent.Peers;

/// <summary>
/// Copies a folder to a host without an agent, by rsync alone: nothing can be run there, and nothing renamed. What makes the folder count is sent last,
/// after all else was compared there, content for content. Nothing is ever deleted there.
/// </summary>
internal sealed class PlainRsync(LiveOptions<PeersOptions> options)
{
    /// <summary>Copies the content of a folder, and proves it there.</summary>
    /// <param name="target">The host.</param>
    /// <param name="root">The folder here that the copy's path begins below.</param>
    /// <param name="folder">The folder to copy, relative to <paramref name="root"/>; it is called the same there.</param>
    /// <param name="remoteRoot">The folder there that corresponds to <paramref name="root"/>.</param>
    /// <param name="last">The files that make it count.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>What differs there, one file a line; empty: everything is there as it is here.</returns>
    /// <exception cref="AgentException">It could not be copied.</exception>
    public async Task<IReadOnlyList<string>> CopyAsync(RsyncTarget target, string root, string folder, string remoteRoot, IReadOnlyList<string> last, CancellationToken cancellationToken)
    {
        string[] without = [.. last.Select(file => $"--exclude=/{folder}/{file}")];
        foreach (var filters in new[] { without, [] })
        {
            await SendAsync([.. filters]);
            if ((await DifferencesAsync(filters)).Count == 0)
                continue;
            await SendAsync(["--checksum", .. filters]); // same size and time there, another content: it rotted
            if (await DifferencesAsync(filters) is { Count: > 0 } differences)
                return differences;
        }

        return [];

        // --relative makes the folders on the way there, also with an rsync that has no --mkpath (before 3.2.3)
        Task SendAsync(string[] more) => RsyncRun.RunAsync(target, [.. RsyncRun.Copying, "--relative", .. more, "--", Here(), There()], options.Current, cancellationToken);

        async Task<IReadOnlyList<string>> DifferencesAsync(string[] more) => Differences(await RsyncRun.RunAsync(
            target, [.. RsyncRun.Copying, "--relative", "--checksum", "--dry-run", "--itemize-changes", .. more, "--", Here(), There()], options.Current, cancellationToken, isReadingThere: true));

        string Here() => $"{root.TrimEnd('/')}/./{folder}/";
        string There() => target.Path(remoteRoot.Length > 0 ? $"{remoteRoot.TrimEnd('/')}/" : "./");
    }

    /// <summary>Tries the way there without copying anything.</summary>
    /// <exception cref="AgentException">It is not open.</exception>
    public Task TryAsync(RsyncTarget target, string remoteRoot, CancellationToken cancellationToken) => RsyncRun.TryAsync(target, remoteRoot.Length > 0 ? $"{remoteRoot.TrimEnd('/')}/" : "./", options.Current, cancellationToken);

    /// <summary>What rsync would send: a line that begins with a dot is only about times and rights (rsync(1), --itemize-changes).</summary>
    internal static IReadOnlyList<string> Differences(string itemized) =>
        [.. itemized.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.Length > 11 && line[11] == ' ' && line[0] is '<' or '>' or 'c' or 'h').Select(line => $"{line[12..].Trim()} is not there as it is here")];
}
