using System.Reactive;
using Rx.Connectors.Recovery;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Flows;

/// <summary>What a poll had.</summary>
internal enum PollOutcome
{
    Nothing,
    Items,
    End,
}

/// <summary>A source partition in a worker: what it did, and when it is due.</summary>
internal abstract class SourceRunner : IPartitionRunner, IShipper
{
    private long _items;
    private long _batches;
    private TaskCompletionSource? _closed;
    private long _dropped;

    protected SourceRunner(WorkerContext context, string stepId, string partition)
    {
        (Context, StepId, Partition) = (context, stepId, partition);
        Signals = new SourceSignals(() => context.Worker.Due.Signal(this), context.Scheduler);
    }

    public string StepId { get; }

    public string Partition { get; }

    public Worker Worker => Context.Worker;

    /// <summary>Its place in a round.</summary>
    public int Order { get; set; }

    /// <summary>When to poll it, in ticks of the clock; <see cref="long.MaxValue"/> while it sleeps.</summary>
    public long DueAt { get; set; } = long.MaxValue;

    /// <summary>When it would be due, were not too much of it on its way; <see cref="long.MaxValue"/> if it would sleep.</summary>
    public long DueLater { get; set; } = long.MaxValue;

    /// <summary>1 from a signal until the worker has seen it.</summary>
    public int Signalled;

    /// <summary>Batches of it of which a part is not yet written. Read and written by its worker alone.</summary>
    public int OnTheWay { get; set; }

    /// <summary>It is not polled any more. Its last position may still have to be committed.</summary>
    public bool IsComplete { get; set; }

    /// <summary>Whether the epoch that was captured last holds its end.</summary>
    public bool EndIsCaptured { get; set; }

    /// <summary>Whether a poll can move a position, also one without items: those that a query drops move it.</summary>
    public virtual bool KeepsPosition => false;

    /// <summary>Whether there is a partition to poll; not before it is built, nor between a failure and its being built again.</summary>
    public abstract bool IsBuilt { get; }

    /// <summary>Whether its end is committed: the worker asks it for nothing any more.</summary>
    public bool IsLetGo { get; private set; }

    public long Items => Volatile.Read(ref _items);

    public long Batches => Volatile.Read(ref _batches);

    public int Restarts { get; protected set; }

    /// <summary>Items that were dropped by what had this partition before: until it failed, or until it went.</summary>
    protected long DroppedBefore { get; set; }

    public abstract SourceStatus Status { get; }

    public abstract DateTimeOffset? NextAwake { get; }

    /// <summary>What it says by itself.</summary>
    public SourceSignals Signals { get; }

    protected WorkerContext Context { get; }

    protected abstract IObservable<Unit>? Available { get; }

    public void Sent() => Worker.Due.Sent(this);

    public void Confirmed() => Worker.Due.Confirmed(this);

    public abstract void Build();

    public abstract void Start();

    public abstract PollOutcome Poll();

    /// <summary>Closes an epoch: the position, where it has changed.</summary>
    public virtual StoredPosition? Capture() => null;

    /// <summary>The epoch that was captured last is durable (S11).</summary>
    public virtual void Committed()
    {
    }

    /// <summary>Lets go of a partition that has failed, if the failure is of a kind that passes.</summary>
    /// <returns>Whether it will be built again.</returns>
    public virtual bool Restart(Exception error) => false;

    public void Subscribe()
    {
        Context.Calls.Enter(this, Doing.Subscribing);
        try
        {
            Signals.Subscribe(Available);
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw Failed(error);
        }
    }

    /// <summary>Closes the partition, once: at its end or at the run's. On the worker's own thread use <see cref="CloseBeside"/>.</summary>
    public Task Close()
    {
        var closed = new TaskCompletionSource();
        if (Interlocked.CompareExchange(ref _closed, closed, null) is { } other)
        {
            return other.Task;
        }

        // The last time that it may be asked; what it has dropped still counts.
        _ = ReadStatus(last: true);
        closed.EndWith(Close(Closeable));
        Release();
        return closed.Task;
    }

    /// <summary>Lets go of a partition at its end, and closes it where a client that blocks does not hold up the worker.</summary>
    /// <returns>Over when the client's call has returned; its closing may go on.</returns>
    public Task CloseBeside()
    {
        IsLetGo = true;
        return Context.Scheduler.Beside(() => Close().Observe());
    }

    /// <summary>Closes what is built, each time, beside the worker.</summary>
    public Task ClosePartitionBeside()
    {
        var closed = new TaskCompletionSource();
        var partition = Closeable;
        _ = Context.Scheduler.Beside(() => closed.EndWith(Close(partition)));
        closed.Task.Observe();
        return closed.Task;
    }

    private static Task Close(IAsyncDisposable? partition)
    {
        try
        {
            return partition?.DisposeAsync().AsTask() ?? Task.CompletedTask;
        }
        catch (Exception closeFailed)
        {
            // One that cannot be closed must not keep the others open.
            return Task.FromException(closeFailed);
        }
    }

    public SourceProgress Progress(DateTimeOffset now)
    {
        var status = ReadStatus();
        return new SourceProgress
        {
            Step = StepId,
            Partition = Partition,
            Items = Items,
            Batches = Batches,
            Queued = status.Queued,
            Dropped = status.Dropped,
            Lag = status.QueuedSince is { } since && now > since ? now - since : TimeSpan.Zero,
            IsComplete = IsComplete,
            Restarts = Restarts,
        };
    }

    /// <summary>The partition, if it is built.</summary>
    protected abstract IAsyncDisposable? Closeable { get; }

    /// <summary>Forgets the partition, which may hold buffers; of a closed one only the counts are kept.</summary>
    protected abstract void Release();

    protected abstract FlowException Failed(Exception error);

    /// <summary>Takes over the counts of the runner that had this partition before it went and came back.</summary>
    public void GoOnCounting(SourceRunner before)
    {
        Volatile.Write(ref _items, before.Items);
        Volatile.Write(ref _batches, before.Batches);
        DroppedBefore = Volatile.Read(ref before._dropped);
        Restarts = before.Restarts;
    }

    protected void Count(int items)
    {
        // One thread writes, others read.
        Volatile.Write(ref _items, _items + items);
        Volatile.Write(ref _batches, _batches + 1);
    }

    private SourceStatus ReadStatus(bool last = false)
    {
        if (Volatile.Read(ref _closed) is null || last)
        {
            try
            {
                var status = Status;
                Volatile.Write(ref _dropped, status.Dropped);
                return status;
            }
            catch (Exception)
            {
                // It is for those who watch. Neither they nor the flow are to suffer from it.
            }
        }

        return new SourceStatus { Dropped = Volatile.Read(ref _dropped) };
    }
}
