using System.Runtime.InteropServices;

namespace SispiAgent.Platform;

/// <summary>A user of this machine, from wherever the system knows him (NSS: files, LDAP).</summary>
/// <param name="Name">His login.</param>
/// <param name="Id">His number.</param>
/// <param name="GroupId">The number of his group.</param>
/// <param name="Home">His home directory.</param>
internal sealed partial record UserAccount(string Name, uint Id, uint GroupId, string Home)
{
    private const int AtCurrentDirectory = -100;
    private const uint OwnerMask = 8;

    /// <summary>A user by his login; <see langword="null"/> if there is none.</summary>
    public static UserAccount? Find(string name) => OperatingSystem.IsLinux() ? Read(GetByName(name)) : null;

    /// <summary>The user of this process; <see langword="null"/> where the platform has no such users, or his number has no name.</summary>
    public static UserAccount? Current() => OperatingSystem.IsLinux() ? Read(GetById(EffectiveId())) : null;

    /// <summary>Whom a file or folder belongs to; <see langword="null"/> if it is not there or its owner has no name.</summary>
    public static UserAccount? OwnerOf(string path)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var answer = new byte[256]; // struct statx, the same on every architecture: the owner's number is at 20
        return Look(AtCurrentDirectory, path, 0, OwnerMask, answer) == 0 ? Read(GetById(BitConverter.ToUInt32(answer, 20))) : null;
    }

    /// <summary>struct passwd of 64-bit Linux: name, password, two numbers, remark, home, shell.</summary>
    private static UserAccount? Read(nint entry) => entry == 0
        ? null
        : new(Marshal.PtrToStringUTF8(Marshal.ReadIntPtr(entry))!, (uint)Marshal.ReadInt32(entry, 16), (uint)Marshal.ReadInt32(entry, 20), Marshal.PtrToStringUTF8(Marshal.ReadIntPtr(entry, 32))!);

    [LibraryImport("libc", EntryPoint = "getpwnam", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetByName(string name);

    [LibraryImport("libc", EntryPoint = "getpwuid")]
    private static partial nint GetById(uint id);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveId();

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Look(int folder, string path, int flags, uint mask, [Out] byte[] answer);
}
