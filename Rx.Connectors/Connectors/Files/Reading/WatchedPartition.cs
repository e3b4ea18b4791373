using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Files;

/// <summary>
/// A file that need not be there yet, or of a directory in which files come and go. Where it has gone since it was listed it is waited
/// for: once it is back under its name, nobody lists it as new.
/// </summary>
internal sealed class WatchedPartition<T> : StatefulSourcePartition<T, FilePosition>
{
    private readonly Lock _gate = new();
    private readonly FileSourceOptions _options;
    private readonly LineParser<T> _parser;
    private readonly ResumeState<FilePosition> _resumeState;
    private readonly TimeSpan _interval;
    private readonly FilePlace _place;
    private FileSourcePartition<T>? _file;
    private IScheduler _scheduler = DefaultScheduler.Instance;
    private ElapsedTime _elapsed = new(DefaultScheduler.Instance);
    private long? _awake;
    private bool _disposed;

    public WatchedPartition(
        FilePlace place, FileSourceOptions options, LineParser<T> parser, ResumeState<FilePosition> resumeState, TimeSpan interval)
    {
        (_place, _options, _parser, _resumeState, _interval) = (place, options, parser, resumeState, interval);
        _file = TryOpen();
        _place = place with { HasCome = true };
    }

    public override DateTimeOffset? NextAwake => _file is { } file ? file.NextAwake : _awake is { } awake ? _elapsed.DateOf(awake) : null;

    public override void Start(IScheduler scheduler)
    {
        _scheduler = scheduler;
        _elapsed = new ElapsedTime(scheduler);
        _file?.Start(scheduler);
    }

    public override IReadOnlyList<T>? NextBatch()
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

    private FileSourcePartition<T>? Find()
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

    private FileSourcePartition<T>? TryOpen()
    {
        try
        {
            return new FileSourcePartition<T>(_place, _options, _parser, _resumeState);
        }
        catch (IOException) when (FileIdentity.Of(_place.Path).Kind is not (FileKind.Regular or FileKind.Unknown))
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

internal static class FilePartition
{
    /// <param name="place">The path.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="parser">What makes an item of a line.</param>
    /// <param name="resumeState">Where to begin.</param>
    /// <param name="waits">How often to look for a file that is not there; null if that is an error.</param>
    public static StatefulSourcePartition<T, FilePosition> Make<T>(
        FilePlace place, FileSourceOptions options, LineParser<T> parser, ResumeState<FilePosition> resumeState, TimeSpan? waits) =>
        waits is { } interval
            ? new WatchedPartition<T>(place, options, parser, resumeState, interval)
            : new FileSourcePartition<T>(place, options, parser, resumeState);
}
