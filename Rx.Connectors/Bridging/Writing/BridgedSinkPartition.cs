using System.Reactive.Concurrency;
using Rx.Connectors.Sinks;

namespace Rx.Connectors.Bridging;

/// <summary>A bridged sink partition: turns a batch into writes and waits for them.</summary>
internal sealed class BridgedSinkPartition<T>(Func<IBatchWriter<T>> newWriter, WriteSettings settings) : StatelessSinkPartition<T>
{
    private readonly Lock _gate = new();
    private readonly WritesLeft _left = new();
    private IScheduler _scheduler = settings.Scheduler ?? DefaultScheduler.Instance;
    private WriteRun<T>? _idle;
    private CancellationTokenSource _stop = new();
    private bool _disposed;

    /// <summary>The clock.</summary>
    public IScheduler Scheduler => _scheduler;

    public override void Start(IScheduler scheduler) => _scheduler = settings.Scheduler ?? scheduler;

    public override void WriteBatch(IReadOnlyList<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        // Closing cancels what is read here, so it need not be read under the lock.
        var stop = Volatile.Read(ref _stop);
        stop = stop.IsCancellationRequested || Volatile.Read(ref _disposed) ? Renew() : stop;
        if (items.Count == 0)
        {
            return;
        }

        // Taken, so that a client that writes a batch from within a write gets another.
        var run = Interlocked.Exchange(ref _idle, null) ?? new WriteRun<T>(newWriter(), settings, _scheduler, _left);
        try
        {
            run.Complete(items, stop);
        }
        finally
        {
            _idle = run;
        }
    }

    /// <summary>Ends when the writes that were given up have ended, too: whoever writes next is not to write beside them.</summary>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        await _left.EndAsync().ConfigureAwait(false);
    }

    // A batch that failed has cancelled its writes; the next one begins afresh.
    private CancellationTokenSource Renew()
    {
        lock (_gate)
        {
            TypeName.ThrowIfDisposed(_disposed, typeof(SinkPartition<T>));
            return _stop = _stop.IsCancellationRequested ? new CancellationTokenSource() : _stop;
        }
    }

    protected override void Dispose(bool disposing)
    {
        CancellationTokenSource stop;
        lock (_gate)
        {
            _disposed = true;
            stop = _stop;
        }

        try
        {
            stop.Cancel();
        }
        catch (AggregateException)
        {
            // A client's callback threw while it was told to stop. Whoever disposes can do nothing about it.
        }
    }
}
