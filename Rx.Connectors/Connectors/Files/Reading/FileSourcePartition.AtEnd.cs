using Microsoft.Win32.SafeHandles;

namespace Rx.Connectors.Files;

/// <summary>What comes at the end of the file: the end, or waiting for more.</summary>
internal sealed partial class FileSourcePartition
{
    private void Stop(Filled why)
    {
        if (why == Filled.Changed)
        {
            Cut();
        }
        else if (_settings.Follow is not { } follow)
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
            throw OldLineWentOn();
        }

        _reader.TakeRest(_lines);
        _ended = true;
    }

    private void Wait(FileFollowOptions follow)
    {
        if (_follower!.TakeOther(_file, _reader) is { } other)
        {
            GoOnWith(other, follow);
            return;
        }

        _awake = _elapsed.After(follow.PollInterval);
    }

    private void Cut()
    {
        if (_settings.Follow is not { OnCut: FileMismatchBehavior.StartOver })
        {
            throw OpenFile.Changed(_file, _path, _reader.Offset, _reader.ReadTo);
        }

        StartOver();
    }

    private void GoOnWith(SafeFileHandle other, FileFollowOptions follow)
    {
        SafeFileHandle? old = null;
        try
        {
            if (follow.OnRotated == FileMismatchBehavior.Fail)
            {
                throw new FileChangedException(
                    _path, _reader.Offset, $"{_path} is another file than the one that was read up to offset {_reader.Offset}: it was rotated.");
            }

            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                (old, _file) = (_file, other);
            }

            StartOver();
        }
        finally
        {
            (old ?? other).Dispose();
        }
    }

    /// <summary>Hands out the line that was held back, for which no newline comes any more, and begins again.</summary>
    private void StartOver()
    {
        if (!_inOldLine)
        {
            _reader.TakeRest(_lines);
        }

        _reader.StartOver();
        _follower!.Reset();
        _inOldLine = false;
        _position = new FilePosition(0);
        _awake = _elapsed.Now;
    }

    private FileChangedException OldLineWentOn() => new(
        _path, _reader.Offset,
        $"The line before offset {_reader.Offset} of {_path} was the last and had no newline when it was read; it has gone on since.");
}
