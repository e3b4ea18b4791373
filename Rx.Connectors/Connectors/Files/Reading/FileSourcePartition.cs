using System.Reactive.Concurrency;
using System.Runtime.ExceptionServices;
using Microsoft.Win32.SafeHandles;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Files;

/// <summary>Reads one file, line by line.</summary>
internal sealed partial class FileSourcePartition<T> : StatefulSourcePartition<T, FilePosition>
{
    private const int SmallestBuffer = 256;
    private const int MaxBatchBytes = 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly FilePlace _place;
    private readonly FileSourceOptions _options;
    private readonly RotatedFiles _rotated;
    private readonly FileMark _mark;
    private readonly LineReader<T> _reader;
    private readonly FileFollower<T> _follower;
    private readonly List<T> _lines = [];
    private SafeFileHandle _file;
    private ElapsedTime _elapsed = new(DefaultScheduler.Instance);
    private ResumeState<FilePosition>? _position;
    private ExceptionDispatchInfo? _error;

    // The last line was handed out without a newline, by an earlier run; what follows it may be its newline.
    private bool _inOldLine;

    // The file had the path before: another one comes after it.
    private bool _isRotated;
    private bool _hasMovedOn;
    private bool _ended;
    private volatile bool _disposed;
    private long? _awake;

    public FileSourcePartition(
        FilePlace place, FileSourceOptions options, LineParser<T> parser, ResumeState<FilePosition> resumeState,
        int bufferSize = FileSourceOptions.BufferSize)
    {
        (_path, _place, _options) = (place.Path, place, options);
        _rotated = new RotatedFiles(place.Path, place.IsForOthers);
        var start = FileStart.Find(place, options, _rotated, resumeState);
        (_file, _mark, _position, _isRotated) = (start.File, start.Mark, start.Position, start.IsRotated);
        try
        {
            // A small file that does not grow needs no more room than it has bytes, and one to see the end.
            var rest = options.Follow is null && !_isRotated ? RandomAccess.GetLength(_file) - _mark.Offset + 1 : bufferSize;
            _reader = new LineReader<T>(
                place.Path, _mark, options, parser, (int)Math.Min(bufferSize, Math.Max(rest, SmallestBuffer)));
            _inOldLine = !_reader.EndsLine;
            _follower = new FileFollower<T>(place.Path, _rotated, _reader);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public override DateTimeOffset? NextAwake => _awake is { } awake ? _elapsed.DateOf(awake) : null;

    public override void Start(IScheduler scheduler) => _elapsed = new ElapsedTime(scheduler);

    public override IReadOnlyList<T>? NextBatch()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _error?.Throw();
        if (_ended)
        {
            return null;
        }

        _awake = null;
        _lines.Clear();
        try
        {
            Read();
        }
        catch (Exception failed) when (!_disposed)
        {
            // What was read before the failure comes first (rule S3).
            _error = ExceptionDispatchInfo.Capture(failed);
            if (_lines.Count == 0)
            {
                throw;
            }
        }

        return _ended && _lines.Count == 0 ? null : _lines;
    }

    public override ResumeState<FilePosition> Snapshot()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _position ??= _mark.Position;
    }

    protected override void Dispose(bool disposing)
    {
        lock (_gate)
        {
            _disposed = true;
            _file.Dispose();
        }
    }

    private void Read()
    {
        _hasMovedOn = false;
        var from = _reader.Offset;
        try
        {
            while (TakeBuffered() && _reader.Offset - from < MaxBatchBytes)
            {
                var filled = _reader.Fill(_file);
                if (filled != Filled.More)
                {
                    Stop(filled);
                    return;
                }

                _follower.Reset();
                if (_reader.Offset == 0 && !MayBegin())
                {
                    return;
                }
            }

            // Nothing but a hole, or the rest of a long line: more of it can be read at once.
            _awake = _lines.Count == 0 ? _elapsed.Now : null;
        }
        finally
        {
            if (_lines.Count > 0 && !_hasMovedOn)
            {
                _reader.Mark();
                _position = null;
            }
        }
    }

    /// <summary>Takes what is in the buffer.</summary>
    /// <returns>Whether there is room for more lines.</returns>
    private bool TakeBuffered()
    {
        if (_inOldLine)
        {
            _inOldLine = !(_reader.SkipNewline() ?? throw OpenFile.LineWentOn(_path, _reader.Offset));
        }

        if (!_inOldLine)
        {
            _reader.Take(_lines, _options.MaxBatchSize);
        }

        return _lines.Count < _options.MaxBatchSize;
    }
}
