using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Rx.Connectors.Files;

/// <summary>
/// What .NET cannot ask Linux for: which file it is, of which kind, and a lock that belongs to the open file and not to the process.
/// Both calls have one layout on every 64-bit Linux; elsewhere their callers do without.
/// </summary>
internal static partial class Native
{
    public const int NoSuchEntry = 2;
    public const int Denied = 13;
    public const int TryAgain = 11;
    public const int NoDirectory = 20;
    public const int TooManyLinks = 40;
    public const int CurrentDirectory = -100;
    public const int EmptyPath = 0x1000;
    public const uint TypeLinksAndNumber = 0x1 | 0x4 | 0x100;
    public const int SetLockOfOpenFile = 37;
    public const short WriteLock = 1;
    public const short NoLock = 2;

    public static bool IsAvailable { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Look(int directory, string path, int flags, uint wanted, out FileStatus status);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Look(SafeFileHandle file, string path, int flags, uint wanted, out FileStatus status);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Lock(SafeFileHandle file, int command, ref LockRange range);

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct FileStatus
    {
        [FieldOffset(16)]
        public uint Links;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Number;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }

    [StructLayout(LayoutKind.Explicit, Size = 32)]
    public struct LockRange
    {
        [FieldOffset(0)]
        public short Type;

        [FieldOffset(8)]
        public long Start;

        [FieldOffset(16)]
        public long Length;
    }
}
