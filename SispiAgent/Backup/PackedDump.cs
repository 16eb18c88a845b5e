using SispiAgent.BackupSets;
using SispiAgent.Processes;

namespace SispiAgent.Backup;

/// <summary>Runs a pg_dump that writes uncompressed to its standard output, and compresses what it writes on a thread that has pg_dump's priority.</summary>
internal static class PackedDump
{
    private const int FileBuffer = 1 << 20;

    /// <summary>Runs it.</summary>
    /// <param name="command">pg_dump, without a file.</param>
    /// <param name="path">The file, which is there already.</param>
    /// <param name="cancellationToken">Ends it, and pg_dump with it.</param>
    /// <exception cref="ToolFailedException">pg_dump failed.</exception>
    /// <exception cref="IOException">The file could not be written.</exception>
    /// <exception cref="AgentException">pg_dump said that all was well, and what it wrote is no whole dump.</exception>
    public static async Task<ToolResult> RunAsync(ToolCommand command, string path, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        EndOfStreamException? cut = null;
        Exception? broken = null;
        try
        {
            var result = await ToolRunner.RunToSuccessAsync(command with { ReadOutput = (stream, _) => Task.Factory.StartNew(() => Pack(stream), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default) }, end.Token);
            return cut is null ? result : throw Odd(cut);
        }
        catch (OperationCanceledException) when (broken is not null && !cancellationToken.IsCancellationRequested)
        {
            throw broken is IOException ? new IOException(broken.Message, broken) : Odd(broken);
        }

        void Pack(Stream stream)
        {
            ToolPriorities.ApplyToThisThread(command.Priority);
            try
            {
                using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.Read, FileBuffer);
                DumpPacker.Pack(stream, file);
            }
            catch (EndOfStreamException e)
            {
                cut = e; // pg_dump's exit code comes first: it may say why
            }
            catch (Exception e) when (e is InvalidDataException or IOException)
            {
                broken = e;
                end.Cancel(); // nothing is gained from dumping on
            }
        }
    }

    private static AgentException Odd(Exception e) => new($"What pg_dump wrote can't be used: {e.Message}", "Backup:CompressHere false lets pg_dump compress and write the file itself.", e);
}
