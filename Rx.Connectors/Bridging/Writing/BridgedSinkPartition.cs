using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sinks;

namespace Rx.Connectors.Bridging;

/// <summary>A bridged sink partition: turns a batch into writes and waits for them.</summary>
internal sealed class BridgedSinkPartition<T>(IBatchWriter<T> writer, WriteSettings settings) : StatelessSinkPartition<T>
{
    private readonly Lock _gate = new();
    private IScheduler _scheduler = settings.Scheduler ?? DefaultScheduler.Instance;
    private Mailbox? _mailbox;
    private CancellationTokenSource _stop = new();
    private bool _disposed;

    public override void Start(IScheduler scheduler) => _scheduler = settings.Scheduler ?? scheduler;

    public override void WriteBatch(IReadOnlyList<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        CancellationTokenSource stop;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(SinkPartition<T>));
            // A batch that failed has cancelled its writes; the next one begins afresh.
            stop = _stop = _stop.IsCancellationRequested ? new CancellationTokenSource() : _stop;
        }

        if (items.Count > 0)
        {
            writer.Begin(items).Complete(_mailbox ??= new Mailbox(_scheduler), _scheduler, stop);
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
