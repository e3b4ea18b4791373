using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Rx.Connectors.Sqlite;

/// <summary>How far a flow has come. Later ones are greater, also after a return to an earlier epoch, which a later execution makes.</summary>
internal readonly record struct Progress(long Execution, long Epoch)
{
    public bool IsAfter(Progress other) => (Execution, Epoch).CompareTo((other.Execution, other.Epoch)) > 0;
}

/// <summary>
/// A file beside the database that says up to where an execution has made its flow durable. The newest epochs are in SQLite's log
/// alone, which is read up to its first damaged byte, without a word; this tells that there was more.
/// </summary>
/// <remarks>Never ahead of the database: written after each commit. There are two slots, written in turn, each in a sector of its
/// own, so that a write that a power loss cuts off leaves the one before. They are text, for people.</remarks>
internal sealed class EpochRecord : IDisposable
{
    private const int SlotDistance = 512;
    private const int ChecksumLength = 16;
    private readonly SafeFileHandle _file;
    private readonly string _flow;
    private int _slot;

    private EpochRecord(string path, SafeFileHandle file, string flow)
    {
        Path = path;
        _file = file;
        _flow = HashOf(flow);
    }

    public string Path { get; }

    /// <summary>What was written last.</summary>
    public Progress At { get; private set; }

    /// <summary>Makes the file, and has it on the disk before it returns.</summary>
    public static EpochRecord Create(string path, string flow, Progress at)
    {
        var file = File.OpenHandle(
            path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, FileOptions.None);
        try
        {
            var record = new EpochRecord(path, file, flow);
            record.Write(at);
            record.Write(at);
            Native.FlushDirectory(System.IO.Path.GetDirectoryName(path)!);
            return record;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Write(Progress at)
    {
        RandomAccess.Write(_file, Line(_flow, at), _slot * SlotDistance);
        RandomAccess.FlushToDisk(_file);
        _slot = 1 - _slot;
        At = at;
    }

    /// <summary>The later of the two slots; null where both are damaged, or belong to another flow.</summary>
    public static Progress? Read(string path, string flow)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var hash = HashOf(flow);
            var (first, second) = (ReadSlot(file, 0, hash), ReadSlot(file, 1, hash));
            return first is { } one && (second is not { } other || one.IsAfter(other)) ? first : second;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    public void Dispose() => _file.Dispose();

    private static Progress? ReadSlot(SafeFileHandle file, int slot, string flow)
    {
        var expected = Line(flow, default);
        var line = new byte[expected.Length];
        var length = RandomAccess.Read(file, line, slot * SlotDistance);
        var fields = Encoding.ASCII.GetString(line, 0, length).Split(' ');
        return fields.Length == 4 && long.TryParse(fields[1], CultureInfo.InvariantCulture, out var execution)
            && long.TryParse(fields[2], CultureInfo.InvariantCulture, out var epoch)
            && line.AsSpan().SequenceEqual(Line(flow, new Progress(execution, epoch)))
            ? new Progress(execution, epoch)
            : null;
    }

    private static byte[] Line(string flow, Progress at)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{flow} {at.Execution:D19} {at.Epoch:D19} ");
        return Encoding.ASCII.GetBytes($"{text}{HashOf(text)[..ChecksumLength]}\n");
    }

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
