using System.Reactive;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Flows;

/// <summary>What a poll had.</summary>
internal enum Polled
{
    Nothing,
    Items,
    End,
}

/// <summary>A source partition in a worker: what it did, and when it is due.</summary>
internal abstract class SourceRunner(string stepId, string partition)
{
    private long _items;
    private long _batches;
    private Task? _closed;
    private long _dropped;
    private volatile bool _isClosed;
    private IDisposable? _signals;

    public string StepId => stepId;

    public string Partition => partition;

    /// <summary>Its place in a round.</summary>
    public int Order { get; set; }

    /// <summary>When to poll it, in ticks of the clock; <see cref="long.MaxValue"/> while it sleeps.</summary>
    public long DueAt { get; set; } = long.MaxValue;

    /// <summary>1 from a signal until the worker has seen it.</summary>
    public int Signalled;

    private Exception? _signalsFailed;

    public bool IsComplete { get; set; }

    public long Items => Volatile.Read(ref _items);

    public long Batches => Volatile.Read(ref _batches);

    public abstract SourceStatus Status { get; }

    public abstract DateTimeOffset? NextAwake { get; }

    /// <summary>Whether it says by itself when it is to be polled.</summary>
    public bool Signals => _signals is not null;

    /// <summary>Why there will be no more signals; the next poll that finds nothing tells.</summary>
    protected Exception? SignalsFailed => Volatile.Read(ref _signalsFailed);

    protected abstract IObservable<Unit>? Available { get; }

    public abstract void Start();

    public abstract Polled Poll();

    public void Subscribe(Action signal)
    {
        try
        {
            _signals = Available?.Subscribe(_ => signal(), error =>
            {
                // On the client's thread it would end the process.
                Volatile.Write(ref _signalsFailed, error);
                signal();
            });
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw Failed(error);
        }
    }

    public void Unsubscribe()
    {
        try
        {
            _signals?.Dispose();
        }
        catch (Exception)
        {
            // Its signals are not listened to any more, and everything else has still to be closed.
        }
    }

    /// <summary>Closes the partition, once: at its end or at the run's.</summary>
    public Task Close()
    {
        if (_closed is null)
        {
            // The last time that it may be asked; what it has dropped still counts.
            _ = ReadStatus();
            _isClosed = true;
            try
            {
                _closed = CloseAsync().AsTask();
            }
            catch (Exception closeFailed)
            {
                // One that cannot be closed must not keep the others open.
                _closed = Task.FromException(closeFailed);
            }
        }

        return _closed;
    }

    public SourceProgress Progress(DateTimeOffset now)
    {
        var status = ReadStatus();
        var lag = status.WaitingSince is { } since && now > since ? now - since : TimeSpan.Zero;
        return new SourceProgress(StepId, Partition, Items, Batches, status.Waiting, status.Dropped, lag, IsComplete);
    }

    protected abstract ValueTask CloseAsync();

    protected abstract FlowException Failed(Exception error);

    private SourceStatus ReadStatus()
    {
        if (!_isClosed)
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

        return new SourceStatus(0, Volatile.Read(ref _dropped), null);
    }

    protected void Count(int items)
    {
        // One thread writes, others read.
        Volatile.Write(ref _items, _items + items);
        Volatile.Write(ref _batches, _batches + 1);
    }
}

internal sealed class SourceRunner<T>(
    WorkerContext context, string stepId, string key, SourcePartition<T> partition, IReceiver<T> next)
    : SourceRunner(stepId, key)
{
    public override SourceStatus Status => partition.Status;

    public override DateTimeOffset? NextAwake
    {
        get
        {
            try
            {
                return partition.NextAwake;
            }
            catch (Exception error) when (FlowException.IsUnnamed(error))
            {
                throw Failed(error);
            }
        }
    }

    protected override IObservable<Unit>? Available => partition.Available;

    public override void Start()
    {
        try
        {
            partition.Start(context.Scheduler);
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw Failed(error);
        }
    }

    public override Polled Poll()
    {
        context.Partition = Partition;
        if (NextBatch() is not { } batch)
        {
            return Polled.End;
        }

        var count = Send(batch);
        if (count == 0)
        {
            return SignalsFailed is { } error ? throw Failed(error) : Polled.Nothing;
        }

        context.Flush();
        Count(count);
        context.Metrics.Polled(StepId, Partition, count);
        return Polled.Items;
    }

    protected override ValueTask CloseAsync() => partition.DisposeAsync();

    private int Send(IReadOnlyList<T> batch)
    {
        // The list is the partition's: what it throws is to be told from what a step does.
        var reading = true;
        try
        {
            var count = batch.Count;
            for (var i = 0; i < count; i++)
            {
                var item = batch[i];
                reading = false;
                next.Receive(item);
                reading = true;
            }

            return count;
        }
        catch (Exception error) when (reading && FlowException.IsUnnamed(error))
        {
            throw Failed(error);
        }
    }

    private IReadOnlyList<T>? NextBatch()
    {
        try
        {
            return partition.NextBatch();
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw Failed(error);
        }
    }

    protected override FlowException Failed(Exception error) => new(
        context.Flow, StepId, Partition, $"the source failed after {Items} items", RuleOf(error), error);

    private static string RuleOf(Exception error) => error switch
    {
        IBreaksRule breach => breach.Rule,
        ObjectDisposedException => "S10",
        _ => "S3",
    };
}
