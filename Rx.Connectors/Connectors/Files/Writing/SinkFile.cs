using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Rx.Connectors.Files;

/// <summary>A file that one sink writes to, and nobody else that asks.</summary>
internal sealed class SinkFile : IDisposable
{
    // Bytes no file reaches, so that readers are not locked out where locks are binding. The second is locked by the open file: the
    // lock of the first is the process's, and is gone as soon as anybody in it closes the file elsewhere.
    private const long LockedByte = long.MaxValue - 1;
    private const long HeldByte = long.MaxValue - 2;

    private static readonly ConcurrentDictionary<string, bool> _written = new(StringComparer.Ordinal);

    private readonly FileStream _stream;
    private readonly string _path;
    private readonly string _name;

    private SinkFile(FileStream stream, string path, string name)
    {
        _stream = stream;

        // Whoever changes the working directory has not moved the file.
        _path = Path.GetFullPath(path);
        _name = name;
        Handle = stream.SafeFileHandle;
        Identity = FileIdentity.Of(Handle);
    }

    public SafeFileHandle Handle { get; }

    private FileIdentity Identity { get; }

    /// <summary>Opens a file, made if it is not there and may be made.</summary>
    public static SinkFile Open(string path, bool mayCreate)
    {
        if (Directory.Exists(path))
        {
            throw new IOException($"{path} is a directory; {nameof(DirSink)} writes the files of one.");
        }

        var name = RealPath.Of(path);
        if (!_written.TryAdd(name, true))
        {
            throw InUse(path, null);
        }

        FileStream? stream = null;
        try
        {
            stream = new FileStream(
                path, mayCreate ? FileMode.OpenOrCreate : FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
            if (!stream.CanSeek)
            {
                throw new IOException($"{path} is not a regular file: there is no going back to a position in it.");
            }

            Lock(stream, path);
            return new SinkFile(stream, path, name);
        }
        catch
        {
            stream?.Dispose();
            _written.TryRemove(name, out _);
            throw;
        }
    }

    /// <summary>What another program has done to the file's length, where nothing is being written: a write would hide it.</summary>
    public string? FindOtherLength(long written) => Identity.Kind == FileKind.Special ? null
        : RandomAccess.GetLength(Handle) is var length && length > written
            ? $"has {length} bytes, and {written} were written to it: another program writes to it, too" : FindCut(length, written);

    /// <summary>What another program has done to the file, or to its path, since it was opened; null if nothing that can be told.</summary>
    /// <param name="mark">What was written to it until now. More may have been written since.</param>
    public string? FindHarm(FileMark mark) => Identity.Kind == FileKind.Special ? null
        : FindCut(RandomAccess.GetLength(Handle), mark.Offset)
        ?? (mark.Matches(Handle) ? FindOther(mark) : "does not hold what was written to it: another program has written to it");

    public void Dispose()
    {
        // A process that is being started has the open file, too, until it runs its own program: closing it here would not end the lock.
        if (OperatingSystem.IsLinux() && !Handle.IsClosed)
        {
            TryHold(Handle, Native.NoLock);
        }

        _stream.Dispose();
        _written.TryRemove(_name, out _);
    }

    private static string? FindCut(long length, long written) => length < written
        ? $"has {length} bytes, and {written} were written to it: another program has cut it" : null;

    private string? FindOther(FileMark mark)
    {
        const string Gone = "is gone: another program has deleted or moved it while it was written";
        const string Other = "is another file than the one that is written: another program has replaced it";
        var there = FileIdentity.Of(_path);
        if (there.Kind == FileKind.Missing)
        {
            return Gone;
        }

        if (there.IsSameAs(Identity) is { } isSame)
        {
            return isSame ? null : Other;
        }

        try
        {
            using var found = OpenFile.ToRead(_path);
            return mark.Matches(found) ? null : Other;
        }
        catch (FileNotFoundException)
        {
            return Gone;
        }
    }

    // On Windows opening it has done so already. On Linux sharing is not enforced among writers, and these locks are.
    private static void Lock(FileStream stream, string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        if (!TryHold(stream.SafeFileHandle, Native.WriteLock))
        {
            throw InUse(path, null);
        }

        try
        {
            stream.Lock(LockedByte, 1);
        }
        catch (IOException locked)
        {
            throw InUse(path, locked);
        }
    }

    // Where the system or the file system has no such lock, the other one is all there is.
    private static bool TryHold(SafeFileHandle file, short type)
    {
        try
        {
            var range = new Native.LockRange { Type = type, Start = HeldByte, Length = 1 };
            return !Native.IsAvailable || Native.Lock(file, Native.SetLockOfOpenFile, ref range) == 0
                || Marshal.GetLastPInvokeError() is not (Native.TryAgain or Native.Denied);
        }
        catch (Exception none) when (none is EntryPointNotFoundException or DllNotFoundException)
        {
            return true;
        }
    }

    private static IOException InUse(string path, Exception? inner) =>
        new($"{path} is being written to by another sink. Each sink needs a file of its own.", inner);
}
