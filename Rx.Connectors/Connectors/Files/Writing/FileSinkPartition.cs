using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Files;

/// <summary>Writes one file, line by line.</summary>
internal sealed class FileSinkPartition : StatefulSinkPartition<string, FilePosition>
{
    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly SinkFile _file;
    private readonly LineWriter _writer;
    private FileMark _mark;
    private FileMark _next = new();
    private string? _harm;
    private IScheduler _scheduler = DefaultScheduler.Instance;
    private TaskCompletionSource? _closed;
    private int _uses;
    private volatile bool _disposed;

    public FileSinkPartition(string path, FileSinkOptions options, ResumeState<FilePosition> resumeState)
    {
        _path = path;
        _writer = new LineWriter(options.LineEnding);
        _file = SinkFileStart.Open(path, options, resumeState, out _mark);
    }

    public override void Start(IScheduler scheduler) => _scheduler = scheduler;

    public override void WriteBatch(IReadOnlyList<string> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        BeginUse();
        try
        {
            RefuseNull(items);
            _harm ??= _file.FindOtherLength(_mark.Offset);
            _next.CopyFrom(_mark);
            Write(items);
            (_mark, _next) = (_next, _mark);
        }
        finally
        {
            EndUse();
        }
    }

    public override ResumeState<FilePosition> Snapshot()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _mark.Position;
    }

    /// <summary>Has the disk take what was written, beside the worker, which goes on writing. It fails where another program has
    /// changed the file or taken its path: nothing is committed that is not there.</summary>
    public override ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _harm ??= _file.FindOtherLength(_mark.Offset);
        BeginUse();
        var (flushed, written, harm) = (NewCompletion(), _mark.Copy(), _harm);
        _scheduler.Background().Schedule(() => Flush(flushed, written, harm, cancellationToken));
        return new ValueTask(flushed.Task);
    }

    /// <summary>Closes the file, once no write and no flush needs it any more.</summary>
    public override async ValueTask DisposeAsync()
    {
        Dispose();
        Task? closed;
        lock (_gate)
        {
            closed = _closed?.Task;
        }

        await (closed ?? Task.CompletedTask).ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            if (_uses > 0)
            {
                _closed = NewCompletion();
                return;
            }
        }

        _file.Dispose();
    }

    private static void RefuseNull(IReadOnlyList<string> items)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i] is null)
            {
                throw new SinkWriteException(
                    [], [new FailedWrite(i, new ArgumentException("A line must not be null.", nameof(items)))],
                    [.. Enumerable.Range(0, items.Count).Where(other => other != i)]);
            }
        }
    }

    // In virtual time a hop to the thread pool would be a second thread (rule F6), which the clock does not wait for.
    private TaskCompletionSource NewCompletion() => new(
        _scheduler.IsVirtual() ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);

    private void Flush(TaskCompletionSource flushed, FileMark written, string? harm, CancellationToken cancellationToken)
    {
        Exception? failed = null;
        try
        {
            if (!cancellationToken.IsCancellationRequested)
            {
                RandomAccess.FlushToDisk(_file.Handle);
                failed = (harm ?? _file.FindHarm(written)) is { } found ? new FileChangedException(
                    _path, written.Offset, $"{_path} {found}. What was written to it since the last commit may be lost.") : null;
            }
        }
        catch (Exception error)
        {
            failed = new IOException($"What was written to {_path} could not be flushed to the disk: {error.Message}", error);
        }

        EndUse();
        if (failed is not null)
        {
            flushed.SetException(failed);
        }
        else if (cancellationToken.IsCancellationRequested)
        {
            flushed.SetCanceled(cancellationToken);
        }
        else
        {
            flushed.SetResult();
        }
    }

    private void Write(IReadOnlyList<string> items)
    {
        try
        {
            _writer.Write(_file.Handle, _next, items);
        }
        catch (Exception failed)
        {
            TakeBack();
            throw NotWritten(items.Count, failed);
        }
    }

    // A write or a flush that is under way keeps the file, and its lock, until it is over: bytes that came late would otherwise
    // land behind the place to which the next run has cut it.
    private void BeginUse()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _uses++;
        }
    }

    private void EndUse()
    {
        TaskCompletionSource? closed;
        lock (_gate)
        {
            closed = --_uses == 0 ? _closed : null;
        }

        if (closed is not null)
        {
            _file.Dispose();
            closed.SetResult();
        }
    }

    // So that a flow without a store leaves no half a line either. Where this fails, too, the next run cuts the file.
    private void TakeBack()
    {
        try
        {
            RandomAccess.SetLength(_file.Handle, _mark.Offset);
        }
        catch (Exception)
        {
            // Why the write failed says more.
        }
    }

    private SinkWriteException NotWritten(int count, Exception failed)
    {
        var error = new IOException($"{_path} could not be written to at offset {_mark.Offset}: {failed.Message}", failed);
        var tried = Math.Max(1, _writer.Tried);
        return new SinkWriteException(
            [], [.. Enumerable.Range(0, tried).Select(i => new FailedWrite(i, error))], [.. Enumerable.Range(tried, count - tried)]);
    }
}
