using System.Globalization;
using Rx.Connectors.Recovery;

namespace Rx.Connectors.Sqlite;

/// <summary>
/// A file that an execution holds open for itself for as long as it lives. The operating system lets go of it when the process
/// ends, however it ends, so a crashed execution never looks alive.
/// </summary>
/// <remarks>Taken and tested only inside a write transaction, and so by one at a time.</remarks>
internal sealed class ExecutionLock : IDisposable
{
    public const string Ending = ".lock";

    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private readonly FileStream _file;

    private ExecutionLock(FileStream file) => _file = file;

    public static string PathOf(string store, long flow, long execution) => $"{Prefix(store, flow)}{execution}{Ending}";

    /// <summary>Whether the execution that made the file is alive. The file of one that is not is deleted.</summary>
    public static bool IsHeld(string path)
    {
        try
        {
            Open(path, FileMode.Open).Dispose();
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException e) when (IsHeldByOther(e))
        {
            return true;
        }
    }

    public static ExecutionLock Take(string path)
    {
        FileStream file;
        try
        {
            file = Open(path, FileMode.OpenOrCreate);
        }
        catch (IOException e) when (IsHeldByOther(e))
        {
            throw Unknown(path, e);
        }

        if (IsHeld(path))
        {
            return new ExecutionLock(file);
        }

        file.Dispose();
        throw new RecoveryStoreException(
            $"'{path}' could be opened twice: this file system, or this process, does not lock files, and executions cannot be " +
            "told apart. Put the recovery store on a local file system.");
    }

    /// <summary>The lock files of all flows.</summary>
    public static IReadOnlyList<string> All(string store) => [.. Beside($"{store}.flow")];

    /// <summary>Refuses to make a store where an execution of one that is gone is alive.</summary>
    public static void RefuseHeld(IReadOnlyList<string> paths)
    {
        if (paths.FirstOrDefault(IsHeld) is { } path)
        {
            throw Unknown(path, null);
        }
    }

    /// <summary>Refuses to begin beside an execution of a number that the store has not given yet.</summary>
    public static void RefuseAfter(string store, long flow, long execution)
    {
        foreach (var path in Beside(Prefix(store, flow)))
        {
            if (long.TryParse(path[Prefix(store, flow).Length..^Ending.Length], CultureInfo.InvariantCulture, out var number)
                && number > execution && IsHeld(path))
            {
                throw Unknown(path, null);
            }
        }
    }

    /// <summary>Deletes what crashed executions of the flow have left behind.</summary>
    public static void DeleteStale(string store, long flow)
    {
        try
        {
            foreach (var path in Beside(Prefix(store, flow)))
            {
                _ = IsHeld(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Tidying up is no reason to fail.
        }
    }

    public void Dispose() => _file.Dispose();

    private static FileStream Open(string path, FileMode mode) =>
        new(path, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);

    private static IEnumerable<string> Beside(string prefix) => Directory
        .EnumerateFiles(Path.GetDirectoryName(prefix)!, $"*{Ending}")
        .Where(path => path.StartsWith(prefix, StringComparison.Ordinal));

    private static RecoveryStoreException Unknown(string path, Exception? error) => new(
        $"'{path}' is held by a process that the recovery store does not know: the store's file was replaced or deleted " +
        "while that process used it. Stop that process first.", error!);

    private static string Prefix(string store, long flow) => $"{store}.flow{flow}.execution";

    private static bool IsHeldByOther(IOException e) => OperatingSystem.IsWindows()
        ? e.HResult == WindowsSharingViolation
        : e.HResult is LinuxWouldBlock or MacWouldBlock;
}
