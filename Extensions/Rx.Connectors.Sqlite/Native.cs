using System.Runtime.InteropServices;
using System.Text;

namespace Rx.Connectors.Sqlite;

/// <summary>What the framework does not tell of a file, and does not do to a directory.</summary>
internal static class Native
{
    private const int CurrentDirectory = -100;
    private const uint BasicStats = 0x7ff;
    private const int StatxSize = 256;
    private const int NotFound = 2;
    private const int NotADirectory = 20;

    /// <summary>Asks Linux. By path: to open and close a database's file would take away the locks that SQLite holds on it.</summary>
    /// <returns>Whether there was an answer; the stamp is null where there is no such file.</returns>
    public static bool TryStamp(string path, out FileStamp? stamp)
    {
        stamp = null;
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        var answer = new byte[StatxSize];
        try
        {
            if (Statx(CurrentDirectory, Terminated(path), 0, BasicStats, answer) != 0)
            {
                return Marshal.GetLastPInvokeError() is NotFound or NotADirectory;
            }
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }

        // struct statx is the same on every processor.
        stamp = new FileStamp(
            $"{Word(answer, 136)}:{Word(answer, 140)}:{Long(answer, 32)}", Word(answer, 16), (long)Long(answer, 40),
            (Long(answer, 112), Word(answer, 120), Long(answer, 96), Word(answer, 104)));
        return true;
    }

    /// <summary>Makes sure that a file that was made in the directory is there after a power loss.</summary>
    public static void FlushDirectory(string folder)
    {
        if (OperatingSystem.IsWindows() || Open(Terminated(folder), 0) is var handle && handle < 0)
        {
            return;
        }

        // Some file systems refuse, those that need no flush.
        _ = Fsync(handle);
        _ = Close(handle);
    }

    private static byte[] Terminated(string path) => Encoding.UTF8.GetBytes(path + '\0');

    private static uint Word(byte[] answer, int offset) => BitConverter.ToUInt32(answer, offset);

    private static ulong Long(byte[] answer, int offset) => BitConverter.ToUInt64(answer, offset);

    [DllImport("libc", EntryPoint = "statx", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int folder, byte[] path, int flags, uint mask, [Out] byte[] answer);

    [DllImport("libc", EntryPoint = "open"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Fsync(int handle);

    [DllImport("libc", EntryPoint = "close"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int handle);
}
