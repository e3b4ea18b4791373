using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Files;

/// <summary>
/// A file of a directory in which files come and go. Where it has gone since it was listed it is waited for: once it is back under
/// its name, nobody lists it as new.
/// </summary>
internal sealed class WatchedPartition : StatefulSourcePartition<string, FilePosition>
{
    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly FileSourceSettings _settings;
    private readonly ResumeState<FilePosition> _resumeState;
    private readonly TimeSpan _interval;
    private FileSourcePartition? _file;
    private IScheduler _scheduler = DefaultScheduler.Instance;
    private ElapsedTime _elapsed = new(DefaultScheduler.Instance);
    private long? _awake;
    private bool _disposed;

    public WatchedPartition(string path, FileSourceSettings settings, ResumeState<FilePosition> resumeState, TimeSpan interval)
    {
        (_path, _settings, _resumeState, _interval) = (path, settings, resumeState, interval);
        _file = TryOpen();
    }

    public override DateTimeOffset? NextAwake => _file is { } file ? file.NextAwake : _awake is { } awake ? _elapsed.DateOf(awake) : null;

    public override void Start(IScheduler scheduler)
    {
        _scheduler = scheduler;
        _elapsed = new ElapsedTime(scheduler);
        _file?.Start(scheduler);
    }

    public override IReadOnlyList<string>? NextBatch()
    {
        if (Find() is { } file)
        {
            return file.NextBatch();
        }

        _awake = _elapsed.After(_interval);
        return [];
    }

    public override ResumeState<FilePosition> Snapshot()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _file?.Snapshot() ?? _resumeState;
        }
    }

    protected override void Dispose(bool disposing)
    {
        lock (_gate)
        {
            _disposed = true;
            _file?.Dispose();
        }
    }

    private FileSourcePartition? Find()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_file is null && TryOpen() is { } file)
            {
                file.Start(_scheduler);
                _file = file;
            }

            return _file;
        }
    }

    private FileSourcePartition? TryOpen()
    {
        try
        {
            return new FileSourcePartition(_path, _settings, _resumeState);
        }
        catch (IOException) when (FileIdentity.Of(_path).Kind is not (FileKind.Regular or FileKind.Unknown))
        {
            return null;
        }
        catch (FileNotFoundException)
        {
            // It is back already, and will be found at the next look.
            return null;
        }
    }
}
