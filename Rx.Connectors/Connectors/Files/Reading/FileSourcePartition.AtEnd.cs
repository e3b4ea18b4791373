using Microsoft.Win32.SafeHandles;

namespace Rx.Connectors.Files;

/// <summary>What comes at the end of the file: the end, waiting for more, or another file.</summary>
internal sealed partial class FileSourcePartition<T>
{
    private void Stop(Filled why)
    {
        if (why == Filled.Changed)
        {
            Cut();
        }
        else if (_options.Follow is not { } follow)
        {
            Complete();
        }
        else if (_lines.Count == 0)
        {
            Wait(follow);
        }
    }

    private void Complete()
    {
        if (_inOldLine && _reader.ReadTo > _reader.Offset)
        {
            throw OpenFile.LineWentOn(_path, _reader.Offset);
        }

        if (_isRotated && _lines.Count > 0)
        {
            return;
        }

        if (_isRotated && _follower.TakeNow(_file) is { } other)
        {
            GoOnWith(other, FileMismatchBehavior.StartOver);
            return;
        }

        _reader.TakeRest(_lines);
        _ended = true;
    }

    private void Wait(FileFollowOptions follow)
    {
        if (_follower.TakeOther(_file) is { } other)
        {
            GoOnWith(other, follow.OnRotated);
            return;
        }

        _awake = _elapsed.After(follow.PollInterval);
    }

    /// <summary>Whether the first bytes of a file may be taken: not before those of a copy that was made of it, and not read.</summary>
    private bool MayBegin()
    {
        try
        {
            if (_follower.FindBefore(_file) is not { } copy)
            {
                return true;
            }

            Use(copy);
            _isRotated = true;
            _reader.StartOver();
            _awake = _elapsed.Now;
        }
        catch (FileNotFoundException)
        {
            // Files are being renamed: what there is can be told at the next look.
            _reader.StartOver();
            _awake = _elapsed.After(_options.Follow?.PollInterval ?? TimeSpan.Zero);
        }

        return false;
    }

    private void Cut()
    {
        if (_options.Follow is not { OnCut: FileMismatchBehavior.StartOver } follow)
        {
            throw OpenFile.Changed(_file, _path, _reader.Offset, _reader.ReadTo);
        }

        try
        {
            _reader.Mark();
            if (_place.IsOfRotation && _mark.Offset > 0 && _rotated.Find(_mark.Position, out var mark) is { } copy)
            {
                GoOnInCopy(copy, mark!);
                return;
            }
        }
        catch (FileNotFoundException)
        {
            _awake = _elapsed.After(follow.PollInterval);
            return;
        }

        _rotated.Passed(_file);
        StartOver();
    }

    /// <summary>Reads the rest of a file that was cut in the copy that was made of it before.</summary>
    private void GoOnInCopy(SafeFileHandle copy, FileMark mark)
    {
        if (mark.Offset < _mark.Offset && !_inOldLine)
        {
            _reader.TakeRest(_lines);
            _reader.Mark();
        }

        _position = _mark.Position;
        _hasMovedOn = true;
        Use(copy);
        _isRotated = true;
        _reader.GoTo(mark);
        _inOldLine = !_reader.EndsLine;
        _follower.Reset();
        _awake = _elapsed.Now;
    }

    private void GoOnWith(SafeFileHandle other, FileMismatchBehavior onRotated)
    {
        try
        {
            _reader.Mark();
            var isCopy = _isRotated && _options.Follow is { OnCut: FileMismatchBehavior.StartOver };
            var isReplaced = FileFollower<T>.IsReplaced(_file, other, _mark, isCopy);
            if (!isReplaced && onRotated == FileMismatchBehavior.Fail)
            {
                throw new FileChangedException(
                    _path, _reader.Offset, $"{_path} is another file than the one that was read up to offset {_reader.Offset}: it was rotated.");
            }

            var isRotated = FileIdentity.Of(_path).IsSameAs(FileIdentity.Of(other)) == false;
            Use(other);
            _isRotated = isRotated;
            if (isReplaced)
            {
                _reader.GoTo(_mark);
                _awake = _elapsed.Now;
            }
            else
            {
                StartOver();
            }
        }
        catch when (_file != other)
        {
            other.Dispose();
            throw;
        }
    }

    private void Use(SafeFileHandle other)
    {
        SafeFileHandle old;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            (old, _file) = (_file, other);
        }

        old.Dispose();
    }

    /// <summary>Hands out the line that was held back, for which no newline comes any more, and begins again.</summary>
    private void StartOver()
    {
        if (!_inOldLine)
        {
            _reader.TakeRest(_lines);
        }

        // By it the old file is found again until something of the new one was handed out.
        _reader.Mark();
        _position = _mark.Offset > 0 ? FileStart.After(_mark.Position) : _position ?? new FilePosition(0);
        _hasMovedOn = true;
        _reader.StartOver();
        _follower.Reset();
        _inOldLine = false;
        _awake = _elapsed.Now;
    }
}
