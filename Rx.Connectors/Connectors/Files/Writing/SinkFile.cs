using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;

namespace Rx.Connectors.Files;

/// <summary>A file that one sink writes to, and nobody else that asks.</summary>
internal sealed class SinkFile : IDisposable
{
    // A byte no file reaches, so that readers are not locked out where locks are binding.
    private const long LockedByte = long.MaxValue - 1;

    private static readonly ConcurrentDictionary<string, bool> _written = new(StringComparer.Ordinal);

    private readonly FileStream _stream;
    private readonly string _name;

    private SinkFile(FileStream stream, string name)
    {
        _stream = stream;
        _name = name;
        Handle = stream.SafeFileHandle;
    }

    public SafeFileHandle Handle { get; }

    /// <summary>Opens a file, made if it is not there and may be made.</summary>
    public static SinkFile Open(string path, bool mayCreate)
    {
        if (Directory.Exists(path))
        {
            throw new IOException($"{path} is a directory; {nameof(DirSink)} writes the files of one.");
        }

        var name = Name(path);
        if (!_written.TryAdd(name, true))
        {
            throw InUse(path, null);
        }

        FileStream? stream = null;
        try
        {
            stream = new FileStream(
                path, mayCreate ? FileMode.OpenOrCreate : FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
            Lock(stream, path);
            return new SinkFile(stream, name);
        }
        catch
        {
            stream?.Dispose();
            _written.TryRemove(name, out _);
            throw;
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _written.TryRemove(_name, out _);
    }

    // On Windows opening it has done so already. On Linux sharing is not enforced among writers, and this lock is between processes.
    private static void Lock(FileStream stream, string path)
    {
        if (OperatingSystem.IsLinux())
        {
            try
            {
                stream.Lock(LockedByte, 1);
            }
            catch (IOException locked)
            {
                throw InUse(path, locked);
            }
        }
    }

    private static string Name(string path)
    {
        var full = Path.GetFullPath(path);
        return File.Exists(full) ? File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full : full;
    }

    private static IOException InUse(string path, Exception? inner) =>
        new($"{path} is being written to by another sink. Each sink needs a file of its own.", inner);
}
