using System.Diagnostics;

namespace Rx.Connectors.Files;

/// <summary>A line at a time: those that are too long, the holes between them, and those of which no item can be made.</summary>
internal sealed partial class LineReader<T>
{
    // The mark stays where the line begins that is being passed over, and so a position never lies within it.
    private FileMark? _aside;
    private bool _inLongLine;
    private (bool HasItem, T? Item) _cut;

    private void TakeLine(List<T> lines, int end, int next)
    {
        if (_inLongLine)
        {
            _inLongLine = false;
            if (_cut.HasItem)
            {
                lines.Add(_cut.Item!);
            }

            _cut = default;
        }
        else if (_toSkip > 0)
        {
            _toSkip--;
        }
        else if (TryParse(end - _start, out var item))
        {
            lines.Add(item!);
        }

        _start = _searched = next;
        if (_aside is not null)
        {
            Mark();
            _mark.CopyFrom(_aside);
            _aside = null;
        }
    }

    /// <summary>Passes over NUL characters at the beginning of a line: a hole that a writer left which did not append.</summary>
    private void PassHole()
    {
        if (!_inLongLine && _start < _end && (_buffer[_start] == 0 || _format!.Unit > 1))
        {
            PassOver(_format!.NulsAt(Pending));
        }
    }

    private void PassOver(int count)
    {
        if (count > 0)
        {
            Mark();
            _aside ??= _mark.Copy();
            _start += count;
            _searched = _start;
        }
    }

    /// <summary>Looks after the length of a line whose end has not come yet.</summary>
    private void CheckUnended()
    {
        Debug.Assert(_format is not null);

        // A carriage return at the end may belong to the newline to come.
        if (!_inLongLine && _end - _start - _format.Unit > _options.MaxLineLength)
        {
            _cut = TryParse(_end - _start, out var item) ? (true, item) : default;
            _inLongLine = true;
        }

        if (_inLongLine)
        {
            PassOver(_searched - _start);
        }
    }

    private bool TryParse(int length, out T? item)
    {
        var line = _buffer.AsSpan(_start, length);
        item = default;
        if (length > _options.MaxLineLength)
        {
            if (_options.OnLongLine == LongLineBehavior.Fail)
            {
                throw TooLong();
            }

            // The lines that are to be skipped anyway count as little as they are read.
            if (_toSkip > 0)
            {
                _toSkip--;
                return false;
            }

            FileMeter.LongLines.Add(1, new KeyValuePair<string, object?>("file", _path));
            if (_options.OnLongLine == LongLineBehavior.Skip)
            {
                return false;
            }

            return TryParse(_format!.WholeCharacters(line, _options.MaxLineLength), out item);
        }

        return TryParse(line, out item);
    }

    private bool TryParse(ReadOnlySpan<byte> line, out T? item)
    {
        var format = _format!;
        if (Offset == 0 && line.StartsWith(format.Preamble))
        {
            line = line[format.Preamble.Length..];
        }

        try
        {
            item = _parser.Parse(line, format, _isAscii && format.IsAsciiKept);
            return true;
        }
        catch (Exception bad)
        {
            if (_options.OnBadLine?.Invoke(new BadLine(_path, Offset, line.ToArray(), bad)) != true)
            {
                throw new InvalidDataException(
                    $"The line at offset {Offset} of {_path} cannot be read: {bad.Message}", bad);
            }

            item = default;
            return false;
        }
    }

    private InvalidDataException TooLong() => new(
        $"The line at offset {Offset} of {_path} is longer than {nameof(FileSourceOptions)}." +
        $"{nameof(FileSourceOptions.MaxLineLength)}, which is {_options.MaxLineLength} bytes.");
}
