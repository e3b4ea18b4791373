using System.Diagnostics.CodeAnalysis;
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
internal sealed partial class LineReader<T>
{
    private const int SmallestHole = 4;

    private readonly string _path;
    private readonly FileSourceOptions _options;
    private readonly LineParser<T> _parser;
    private readonly int _bufferSize;

    // Up to where lines were taken: a position.
    private readonly FileMark _mark;

    // Up to where the file was read: what lies before it must not change while it is read.
    private readonly FileMark _seen;
    private LineFormat? _format;
    private byte[] _buffer = [];
    private long _base;
    private int _marked;
    private int _start;
    private int _searched;
    private int _end;
    private int _toSkip;

    // Whether the buffer holds nothing else: such lines need no decoder, and to look once for many is cheap.
    private bool _isAscii;

    public LineReader(string path, FileMark mark, FileSourceOptions options, LineParser<T> parser, int bufferSize)
    {
        (_path, _mark, _options, _parser, _bufferSize) = (path, mark, options, parser, bufferSize);
        _seen = mark.Copy();
        GoTo(mark);
    }

    /// <summary>Where the next line begins.</summary>
    public long Offset => _base + _start;

    /// <summary>Up to where the file was read.</summary>
    public long ReadTo => _base + _end;

    /// <summary>Whether the mark is where a line ends. If not, the line was the last and was handed out without its newline.</summary>
    public bool EndsLine => _mark.Offset == 0 || _format?.EndsWithNewline(_mark.Tail) != false;

    private ReadOnlySpan<byte> Pending => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Takes whole lines out of the buffer.</summary>
    public void Take(List<T> lines, int most)
    {
        if (!KnowsFormat(isAll: false))
        {
            return;
        }

        while (lines.Count < most)
        {
            PassHole();
            var length = _format.IndexOfNewline(_buffer.AsSpan(_searched, _end - _searched));
            if (length < 0)
            {
                _searched = _end - ((_end - _start) % _format.Unit);
                CheckUnended();
                return;
            }

            var end = _searched + length;
            var next = end + _format.Unit;
            if (end > _start && _format.EndsWithReturn(_buffer.AsSpan(_start, end - _start)))
            {
                end -= _format.Unit;
            }

            TakeLine(lines, end, next);
        }
    }

    /// <summary>Takes the last line, which has no newline.</summary>
    public void TakeRest(List<T> lines)
    {
        if (_end == _start && !_inLongLine)
        {
            return;
        }

        _ = KnowsFormat(isAll: true);
        PassHole();
        if (_inLongLine || (_end > _start && !(Offset == 0 && Pending.SequenceEqual(_format!.Preamble))))
        {
            TakeLine(lines, _end, _end);
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
        (_aside ?? _mark).Append(_buffer.AsSpan(_marked, _start - _marked));
        _marked = _start;
    }

    /// <summary>Goes back to the beginning, of this file or another.</summary>
    public void StartOver()
    {
        _mark.Clear();
        GoTo(_mark);
    }

    /// <summary>Goes to a place in another file, or back to that of the mark.</summary>
    public void GoTo(FileMark mark)
    {
        _mark.CopyFrom(mark);
        _seen.CopyFrom(mark);
        _base = mark.Offset;
        _marked = _start = _searched = _end = 0;
        _aside = null;
        _inLongLine = false;
        _toSkip = mark.Offset == 0 ? _options.SkipLines : _toSkip;
        _format = _options.Encoding is { } encoding ? LineFormat.Of(encoding)
            : mark.Offset == 0 ? null : LineFormat.Detect(mark.Head, isAll: true, _path);
    }

    /// <summary>Whether a file holds what was read.</summary>
    public bool Matches(SafeFileHandle file) => _seen.Matches(file);

    /// <summary>Passes over the newline of a line that was handed out before it had one.</summary>
    /// <returns>True when done, false when more must be read to tell, null if the line has gone on instead.</returns>
    public bool? SkipNewline()
    {
        var pending = Pending;
        if (pending.Length < _format!.Unit || _format.IsReturn(pending))
        {
            return false;
        }

        var length = _format.EndingAt(pending);
        _start += length;
        _searched = _start;
        return length > 0 ? true : null;
    }

    [MemberNotNullWhen(true, nameof(_format))]
    private bool KnowsFormat(bool isAll)
    {
        if (_format is null)
        {
            // A hole at the beginning says nothing of the text behind it.
            var nuls = LeadingNuls();
            PassOver(nuls >= SmallestHole || _aside is not null ? nuls : 0);
            _format = LineFormat.Detect(Pending, isAll, _path);
        }

        return _format is not null;
    }

    private int LeadingNuls()
    {
        var count = Pending.IndexOfAnyExcept((byte)0);
        return count < 0 ? Pending.Length : count;
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
            // More than the longest line, for its ending.
            var size = Math.Max(_bufferSize, (int)Math.Min(2L * _buffer.Length, _options.MaxLineLength + 4L));
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
