using Rx.Connectors.Recovery;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sinks;

namespace Rx.Connectors.Flows;

/// <summary>
/// Gathers what one poll sends to a partition, and writes it. The partition is built at its first write (P15). Where its first
/// position is to be stored, that comes before the first write: a crash in between would leave items behind that no
/// position covers (K7).
/// </summary>
internal abstract class SinkRunner<T>(WorkerContext context, string stepId, string key) : ISinkRunner, ILane<T>, IParcelTarget<T>
{
    private readonly List<T> _items = [];
    private readonly Queue<Parcel<T>> _waiting = new();
    private readonly SinkCounts _counts = new(context.Run.Elapsed);
    private volatile Task _lastFlush = Task.CompletedTask;
    private bool _isOpen;
    private bool _wasWritten;

    public string StepId => stepId;

    public string Partition => key;

    public Worker Worker => context.Worker;

    public abstract bool OpensAtStart { get; }

    public Task LastFlush => _lastFlush;

    protected WorkerContext Context => context;

    /// <summary>The partition, once it is built.</summary>
    protected abstract SinkPartition<T>? Built { get; }

    public void Open()
    {
        Start();
        _isOpen = true;
    }

    public void Add(T item)
    {
        if (_items.Count == 0)
        {
            context.Lanes.Fill(this);
        }

        _items.Add(item);
    }

    public void Flush()
    {
        if (IsReady())
        {
            Write(_items);
        }
        else
        {
            var parcel = new Parcel<T>(context.Lanes.Ship(), this, [.. _items]);
            parcel.Wait();
            _waiting.Enqueue(parcel);
        }

        _items.Clear();
    }

    public void Deliver(Parcel<T> parcel)
    {
        if (IsReady())
        {
            Write(parcel.Items);
            parcel.Confirm();
        }
        else
        {
            _waiting.Enqueue(parcel);
        }
    }

    public void FirstPositionStored() => Worker.Post(new FirstStored(this));

    public StoredPosition? Capture(List<(IEpochSink Sink, Task Flushed)> flushes, CancellationToken abort)
    {
        if (!_wasWritten)
        {
            return null;
        }

        _wasWritten = false;
        var state = SnapshotOrFail();
        context.Calls.Enter(this, Doing.Flushing);
        try
        {
            var flush = Built!.FlushAsync(abort);
            if (!flush.IsCompletedSuccessfully)
            {
                var flushed = flush.AsTask();
                _lastFlush = flushed.EndedAsync();
                flushes.Add((this, flushed));
            }

            return state;
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw Failed("what was written could not be made durable", error);
        }
    }

    public SinkProgress? Progress(DateTimeOffset now) => Built is null ? null : _counts.Progress(this, now);

    public FlowException Failed(string what, Exception error) => new(context.Flow, stepId, key, what, RuleOf(error), error);

    public Task Close()
    {
        try
        {
            return Built?.DisposeAsync().AsTask() ?? Task.CompletedTask;
        }
        catch (Exception closeFailed)
        {
            // One that cannot be closed must not keep the others open.
            return Task.FromException(closeFailed);
        }
    }

    /// <summary>Builds the partition. It must be in <see cref="Built"/> before it is started, to be closed with the others.</summary>
    protected abstract SinkPartition<T> Build();

    /// <summary>The position, where it differs from the one that is stored.</summary>
    protected abstract StoredPosition? Snapshot();

    private bool IsReady()
    {
        if (_isOpen)
        {
            return true;
        }

        if (Built is null)
        {
            Start();
            if (SnapshotOrFail() is { } first)
            {
                context.Epochs.StoreFirst(this, first);
                return false;
            }

            _isOpen = true;
        }

        return _isOpen;
    }

    private void WriteWaiting()
    {
        _isOpen = true;
        while (_waiting.TryDequeue(out var parcel))
        {
            Write(parcel.Items);
            parcel.Confirm();
        }
    }

    private StoredPosition? SnapshotOrFail()
    {
        context.Calls.Enter(this, Doing.Snapshotting);
        try
        {
            return Snapshot();
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw new FlowException(context.Flow, stepId, key, "the sink could not be snapshotted", "K7", error);
        }
    }

    private void Start()
    {
        context.Calls.Enter(this, Doing.Building);
        var partition = Build();
        // What is built must be seen by whoever closes, or the end by whoever builds.
        Interlocked.MemoryBarrier();
        if (context.HasEnded)
        {
            // The run has ended meanwhile, and whoever closes the others does not see this one.
            _ = context.Scheduler.Beside(() => Close().Observe());
            return;
        }

        context.Calls.Enter(this, Doing.Starting);
        try
        {
            partition.Start(context.Scheduler);
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw new FlowException(context.Flow, stepId, key, "the sink could not be started", null, error);
        }
    }

    private void Write(IReadOnlyList<T> items)
    {
        context.Calls.Enter(this, Doing.Writing);
        var began = _counts.Begin(items.Count);
        try
        {
            Built!.WriteBatch(items);
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw Failed($"the sink failed after {_counts.Items} items in earlier batches", error);
        }
        finally
        {
            _counts.End();
        }

        _wasWritten = true;
        _counts.Count(items.Count);
        context.Metrics.Written(StepId, key, items.Count, FlowMetrics.MeasuresWrites ? context.Run.Elapsed.Since(began) : null);
    }

    private static string RuleOf(Exception error) => error switch
    {
        SinkWriteException { InnerException: TimeoutException or SchedulerDeadlockException } => "K4",
        _ => "K3",
    };

    private sealed class FirstStored(SinkRunner<T> sink) : IWorkerMessage
    {
        public void Handle(Worker worker) => sink.WriteWaiting();
    }
}
