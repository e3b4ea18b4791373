using System.Reactive.Concurrency;
using System.Runtime.ExceptionServices;
using Microsoft.Win32.SafeHandles;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Files;

/// <summary>Reads one file, line by line.</summary>
internal sealed partial class FileSourcePartition : StatefulSourcePartition<string, FilePosition>
{
    public const int DefaultBufferSize = 128 * 1024;
    private const int SmallestBuffer = 256;
    private const int MaxBatchBytes = 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly FileSourceSettings _settings;
    private readonly FileMark _mark;
    private readonly LineReader _reader;
    private readonly FileFollower? _follower;
    private readonly List<string> _lines = [];
    private SafeFileHandle _file;
    private ElapsedTime _elapsed = new(DefaultScheduler.Instance);
    private ResumeState<FilePosition>? _position;
    private ExceptionDispatchInfo? _error;

    // The last line was handed out without a newline, by an earlier run; what follows it may be its newline.
    private bool _inOldLine;
    private bool _ended;
    private volatile bool _disposed;
    private long? _awake;

    public FileSourcePartition(
        string path, FileSourceSettings settings, ResumeState<FilePosition> resumeState, int bufferSize = DefaultBufferSize)
    {
        _path = path;
        _settings = settings;
        _file = OpenFile.ToRead(path);
        try
        {
            (_mark, _position) = Begin(resumeState);
            _inOldLine = !_mark.EndsLine;
        }
        catch
        {
            _file.Dispose();
            throw;
        }

        // A small file that does not grow needs no more room than it has bytes, and one to see the end.
        var rest = settings.Follow is null ? RandomAccess.GetLength(_file) - _mark.Offset + 1 : bufferSize;
        _reader = new LineReader(path, _mark, settings.MaxLineLength, (int)Math.Min(bufferSize, Math.Max(rest, SmallestBuffer)));
        _follower = settings.Follow is null ? null : new FileFollower(path);
    }

    public override DateTimeOffset? NextAwake => _awake is { } awake ? _elapsed.DateOf(awake) : null;

    public override void Start(IScheduler scheduler) => _elapsed = new ElapsedTime(scheduler);

    public override IReadOnlyList<string>? NextBatch()
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

    private (FileMark Mark, ResumeState<FilePosition> Position) Begin(ResumeState<FilePosition> resumeState)
    {
        if (!resumeState.TryGetValue(out var position))
        {
            return (new FileMark(), resumeState);
        }

        if (OpenFile.FindMark(_file, _path, position, out var problem) is { } mark)
        {
            return (mark, resumeState);
        }

        return _settings.OnOtherFile == FileMismatchBehavior.StartOver
            ? (new FileMark(), new FilePosition(0))
            : throw new FileChangedException(_path, position.Offset, problem!);
    }

    private void Read()
    {
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

                _follower?.Reset();
            }
        }
        finally
        {
            if (_lines.Count > 0)
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
            _inOldLine = !(_reader.SkipNewline() ?? throw OldLineWentOn());
        }

        if (!_inOldLine)
        {
            _reader.Take(_lines, _settings.MaxBatchSize);
        }

        return _lines.Count < _settings.MaxBatchSize;
    }
}
