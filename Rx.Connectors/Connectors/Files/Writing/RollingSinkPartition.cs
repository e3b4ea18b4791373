using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Files;

/// <summary>
/// Writes files one after the other. The position says in which one it is: a run that resumes removes those behind it, of which nothing was
/// committed.
/// </summary>
internal sealed class RollingSinkPartition : StatefulSinkPartition<string, FilePosition>
{
    private readonly RolledName _names;
    private readonly FileSinkOptions _options;
    private readonly FileRollOptions _roll;
    private readonly Lock _gate = new();
    private FileSinkPartition _file;

    // Full, and not flushed yet.
    private List<FileSinkPartition> _full = [];
    private IScheduler _scheduler = DefaultScheduler.Instance;
    private ElapsedTime _elapsed = new(DefaultScheduler.Instance);
    private long? _rollAt;
    private int _number = 1;

    public RollingSinkPartition(string path, FileSinkOptions options, FileRollOptions roll, ResumeState<FilePosition> resumeState)
    {
        (_names, _options, _roll) = (new RolledName(path), options, roll);
        if (resumeState.TryGetValue(out var position))
        {
            (position, _number) = _names.Split(position);
            resumeState = position;
        }

        var behind = _names.After(_number);
        if (!resumeState.HasValue && behind.Count > 0 && !options.Overwrite)
        {
            throw new IOException(
                $"{behind[0]} exists, and no position is stored for {path}. Choose another file, or set " +
                $"{nameof(FileSinkOptions)}.{nameof(FileSinkOptions.Overwrite)} to remove it.");
        }

        _file = new FileSinkPartition(_names[_number], options, resumeState);
        try
        {
            foreach (var file in behind)
            {
                File.Delete(file);
            }
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public override void Start(IScheduler scheduler)
    {
        _scheduler = scheduler;
        _elapsed = new ElapsedTime(scheduler);
        _file.Start(scheduler);
        _rollAt = RollAt();
    }

    public override void WriteBatch(IReadOnlyList<string> items)
    {
        if (IsFull())
        {
            Roll();
        }

        _file.WriteBatch(items);
    }

    public override ResumeState<FilePosition> Snapshot() => RolledName.With(_file.Snapshot().Value, _number);

    public override async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        List<FileSinkPartition> full;
        lock (_gate)
        {
            (full, _full) = (_full, []);
        }

        var flushing = full.Append(_file).Select(file => file.FlushAsync(cancellationToken).AsTask()).ToArray();
        try
        {
            await Task.WhenAll(flushing).ConfigureAwait(false);
        }
        finally
        {
            foreach (var file in full)
            {
                await file.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var file in Open())
        {
            await file.DisposeAsync().ConfigureAwait(false);
        }
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var file in Open())
        {
            file.Dispose();
        }
    }

    private bool IsFull()
    {
        var length = _file.Snapshot().Value.Offset;
        return length > 0 && ((_roll.MaxBytes is { } most && length >= most) || (_rollAt is { } at && _elapsed.Now >= at));
    }

    private void Roll()
    {
        var next = new FileSinkPartition(_names[_number + 1], _options, ResumeState<FilePosition>.None);
        next.Start(_scheduler);
        lock (_gate)
        {
            _full.Add(_file);
            (_file, _number) = (next, _number + 1);
        }

        _rollAt = RollAt();
    }

    private long? RollAt() => _roll.Interval is { } interval ? _elapsed.After(interval) : null;

    private List<FileSinkPartition> Open()
    {
        lock (_gate)
        {
            return [.. _full, _file];
        }
    }
}
