using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Rx.Connectors.Files;

/// <summary>What reading on has come to.</summary>
internal enum Filled
{
    More = 0,

    /// <summary>The end of the file, as it is now.</summary>
    End,

    /// <summary>What was read is not there any more.</summary>
    Changed,
}

/// <summary>
/// Splits a file into lines and knows to the byte where each begins. It holds one buffer, however long the file is; the buffer grows
/// for a line that does not fit, up to the longest that is allowed.
/// </summary>
internal sealed class LineReader(string path, FileMark mark, int maxLineLength, int bufferSize)
{
    // Up to where the file was read: what lies before it must not change while it is read.
    private readonly FileMark _seen = mark.Copy();
    private byte[] _buffer = [];
    private long _base = mark.Offset;
    private int _marked;
    private int _start;
    private int _searched;
    private int _end;

    // Whether the buffer holds nothing else: such lines need no decoder, and to look once for many is cheap.
    private bool _isAscii;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Where the next line begins.</summary>
    public long Offset => _base + _start;

    /// <summary>Up to where the file was read.</summary>
    public long ReadTo => _base + _end;

    private ReadOnlySpan<byte> Pending => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Takes whole lines out of the buffer.</summary>
    public void Take(List<string> lines, int most)
    {
        while (lines.Count < most)
        {
            var length = _buffer.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
            if (length < 0)
            {
                _searched = _end;

                // A carriage return at the end may belong to the newline to come.
                CheckLength(_end - _start - 1);
                return;
            }

            var next = _searched + length + 1;
            var end = next - 1;
            if (end > _start && _buffer[end - 1] == (byte)'\r')
            {
                end--;
            }

            lines.Add(Decode(end));
            _start = _searched = next;
        }
    }

    /// <summary>Takes the last line, which has no newline.</summary>
    public void TakeRest(List<string> lines)
    {
        if (_end > _start && !(Offset == 0 && Pending.SequenceEqual(ByteOrderMark)))
        {
            lines.Add(Decode(_end));
            _start = _searched = _end;
        }
    }

    /// <summary>Reads on, if what was read before is still there. Nothing is taken of a file that has become another.</summary>
    public Filled Fill(SafeFileHandle file)
    {
        MakeRoom();
        var count = RandomAccess.Read(file, _buffer.AsSpan(_end), ReadTo);

        // After the read: a change before it would otherwise come between the two.
        if (!_seen.Matches(file))
        {
            return Filled.Changed;
        }

        _seen.Append(_buffer.AsSpan(_end, count));
        _end += count;
        _isAscii = Ascii.IsValid(Pending);
        return count > 0 ? Filled.More : Filled.End;
    }

    /// <summary>Brings the mark up to the lines that were taken.</summary>
    public void Mark()
    {
        mark.Append(_buffer.AsSpan(_marked, _start - _marked));
        _marked = _start;
    }

    /// <summary>Goes back to the beginning, of this file or another.</summary>
    public void StartOver()
    {
        mark.Clear();
        _seen.Clear();
        _base = 0;
        _marked = _start = _searched = _end = 0;
    }

    /// <summary>Whether a file holds what was read.</summary>
    public bool Matches(SafeFileHandle file) => _seen.Matches(file);

    /// <summary>Passes over the newline of a line that was handed out before it had one.</summary>
    /// <returns>True when done, false when more must be read to tell, null if the line has gone on instead.</returns>
    public bool? SkipNewline()
    {
        var pending = Pending;
        if (pending.Length == 0 || (pending.Length == 1 && pending[0] == (byte)'\r'))
        {
            return false;
        }

        var length = pending[0] == (byte)'\n' ? 1 : pending[0] == (byte)'\r' && pending[1] == (byte)'\n' ? 2 : 0;
        _start += length;
        _searched = _start;
        return length > 0 ? true : null;
    }

    private string Decode(int end)
    {
        CheckLength(end - _start);
        var line = _buffer.AsSpan(_start, end - _start);
        if (_isAscii)
        {
            return Encoding.Latin1.GetString(line);
        }

        if (Offset == 0 && line.StartsWith(ByteOrderMark))
        {
            line = line[ByteOrderMark.Length..];
        }

        return Encoding.UTF8.GetString(line);
    }

    private void CheckLength(int length)
    {
        if (length > maxLineLength)
        {
            throw new InvalidDataException(
                $"The line at offset {Offset} of {path} is longer than {nameof(FileSourceOptions)}." +
                $"{nameof(FileSourceOptions.MaxLineLength)}, which is {maxLineLength} bytes.");
        }
    }

    private void MakeRoom()
    {
        Mark();
        var pending = Pending;
        if (pending.Length < _buffer.Length)
        {
            pending.CopyTo(_buffer);
        }
        else
        {
            // Two bytes more than the longest line, for its ending.
            var size = Math.Max(bufferSize, (int)Math.Min(2L * _buffer.Length, maxLineLength + 2L));
            var larger = GC.AllocateUninitializedArray<byte>(Math.Max(size, pending.Length + 1));
            pending.CopyTo(larger);
            _buffer = larger;
        }

        _base += _start;
        _searched -= _start;
        _end -= _start;
        _marked = _start = 0;
    }
}
