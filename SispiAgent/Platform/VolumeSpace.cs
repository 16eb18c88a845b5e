using System.Runtime.InteropServices;

namespace SispiAgent.Platform;

/// <summary>The file system that a path is on: how large it is and what is left of it for ordinary users.</summary>
/// <param name="Id">Tells file systems of this host apart; 0 where the system does not say.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="FreeBytes">What an ordinary user may still write.</param>
/// <param name="Files">How many files it can hold; 0 if that has no fixed limit.</param>
/// <param name="FreeFiles">How many more.</param>
internal sealed partial record VolumeSpace(long Id, long Bytes, long FreeBytes, long Files, long FreeFiles)
{
    // struct statvfs of 64-bit Linux, glibc and musl: f_bsize, f_frsize, f_blocks, f_bfree, f_bavail, f_files, f_ffree, f_favail, f_fsid, then more
    private const int Words = 32;

    /// <summary>Reads it.</summary>
    /// <exception cref="IOException">The path does not exist or can't be looked at.</exception>
    public static VolumeSpace Of(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            var drive = new DriveInfo(Path.GetPathRoot(Path.GetFullPath(path))!);
            return new(drive.Name[0], drive.TotalSize, drive.AvailableFreeSpace, 0, 0);
        }

        var words = new long[Words];
        if (StatVolume(path, words) != 0)
            throw new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        return new(words[8], words[1] * words[2], words[1] * words[4], words[5], words[7]);
    }

    [LibraryImport("libc", EntryPoint = "statvfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatVolume(string path, [Out] long[] result);
}
