using Microsoft.Win32.SafeHandles;
using Rx.Connectors.Files;

namespace Rx.Connectors.Csv;

/// <summary>
/// Reads a file on from a mark, and moves the mark with the rows. What was read is kept until then: a mark made of what the file
/// holds later would fit a file that was replaced meanwhile.
/// </summary>
internal sealed class MarkedStream(SafeFileHandle file, string path, FileMark mark) : Stream
{
    // Up to where the file was read: what lies before it must not change while it is read.
    private readonly FileMark _seen = mark.Copy();
    private byte[] _kept = [];
    private int _length;
    private bool _ended;

    /// <summary>The offset of the byte after the last row; the mark follows when it is needed.</summary>
    public long Offset { get; set; } = mark.Offset;

    public FilePosition Mark
    {
        get
        {
            MoveMark();
            return mark.Position;
        }
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    private long ReadTo => mark.Offset + _length;

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <exception cref="FileChangedException">The file does not hold any more what was read of it.</exception>
    public override int Read(Span<byte> buffer)
    {
        // Once it has ended it stays so: what comes later belongs to the next run.
        if (_ended || buffer.IsEmpty)
        {
            return 0;
        }

        MoveMark();
        var count = RandomAccess.Read(file, buffer, ReadTo);
        CheckUnchanged();
        _ended = count == 0;
        _seen.Append(buffer[..count]);
        Keep(buffer[..count]);
        return count;
    }

    /// <summary>Refuses a file that was cut or overwritten: rows of two files would be taken for those of one.</summary>
    /// <exception cref="FileChangedException">It does not hold any more what was read of it.</exception>
    public void CheckUnchanged()
    {
        if (!_seen.Matches(file))
        {
            throw OpenFile.Changed(file, path, Offset, ReadTo);
        }
    }

    /// <summary>How many bytes from <see cref="Offset"/> on make up so many where each stands for those of a table.</summary>
    public long Count(byte[][] table, long wanted)
    {
        var from = (int)(Offset - mark.Offset);
        var count = 0;
        for (var made = 0L; made < wanted; count++)
        {
            made += table[_kept[from + count]].Length;
        }

        return count;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_kept.Length - _length < bytes.Length)
        {
            Array.Resize(ref _kept, Math.Max(_length + bytes.Length, 2 * _length));
        }

        bytes.CopyTo(_kept.AsSpan(_length));
        _length += bytes.Length;
    }

    private void MoveMark()
    {
        var passed = (int)(Offset - mark.Offset);
        if (passed > 0)
        {
            mark.Append(_kept.AsSpan(0, passed));
            _length -= passed;
            _kept.AsSpan(passed, _length).CopyTo(_kept);
        }
    }
}
