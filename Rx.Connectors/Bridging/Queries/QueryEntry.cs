using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Rx.Connectors.Bridging;

/// <summary>
/// Where a feed enters a query: an observable for one subscriber, which connects the feed when it is subscribed to.
/// </summary>
internal abstract class QueryEntry<TItem, TEntered>(Feed<TItem> feed, IDemand demand, IScheduler scheduler, Action<Exception> fail)
    : IObservable<TEntered>, IFeedTarget<TItem>, IDisposable
{
    private readonly SingleAssignmentDisposable _connected = new();
    private IObserver<TEntered>? _observer;
    private FeedConnection? _connection;

    public Task Closed => Volatile.Read(ref _connection)?.Closed ?? Task.CompletedTask;

    public IDisposable Subscribe(IObserver<TEntered> observer)
    {
        if (Interlocked.CompareExchange(ref _observer, observer, null) is not null)
        {
            observer.OnError(new InvalidOperationException(
                "The query subscribed to its source twice, and the client can be read only once. Use Publish(source => ..) to " +
                "read it in several places, and open the client again inside the stream or with the source's own reconnect."));
            return Disposable.Empty;
        }

        var connection = feed.Connect(feed.CanPause ? this : new SerialTarget<TItem>(this, demand), demand, scheduler);
        Volatile.Write(ref _connection, connection);
        _connected.Disposable = connection;
        return Disposable.Create(this, static entry => entry.Dispose());
    }

    /// <summary>Sends a value in. What the query throws goes to <see cref="Fail"/>.</summary>
    public abstract void OnNext(TItem value);

    public void OnNextBatch(IList<TItem> batch)
    {
        foreach (var item in batch)
        {
            OnNext(item);
        }
    }

    public void OnError(Exception error)
    {
        try
        {
            _observer!.OnError(error);
        }
        catch (Exception queryFailed)
        {
            fail(queryFailed);
        }
    }

    public virtual void OnCompleted()
    {
        try
        {
            _observer!.OnCompleted();
        }
        catch (Exception queryFailed)
        {
            fail(queryFailed);
        }
    }

    public void Dispose() => _connected.Dispose();

    protected IObserver<TEntered> Observer => _observer!;

    // Rx's operators turn a failing selector into OnError; an observer that throws instead must not harm the client.
    protected void Fail(Exception queryFailed) => fail(queryFailed);
}

/// <summary>Without positions: the value itself.</summary>
internal sealed class ValueEntry<TItem>(Feed<TItem> feed, IDemand demand, IScheduler scheduler, Action<Exception> fail)
    : QueryEntry<TItem, TItem>(feed, demand, scheduler, fail)
{
    public override void OnNext(TItem value)
    {
        try
        {
            Observer.OnNext(value);
        }
        catch (Exception queryFailed)
        {
            Fail(queryFailed);
        }
    }
}

/// <summary>With positions: numbered, so that the other end can tell what has left in which order (rule S12).</summary>
internal sealed class PositionedEntry<T, TState>(
    Feed<Positioned<T, TState>> feed, IDemand demand, IScheduler scheduler, Action<Exception> fail, QueryPassage passage)
    : QueryEntry<Positioned<T, TState>, Positioned<T, TState>>(feed, demand, scheduler, fail)
{
    private long _entries;

    public override void OnNext(Positioned<T, TState> value)
    {
        var entry = ++_entries;
        passage.Sending(entry);
        try
        {
            Observer.OnNext(value.Enter(passage, entry));
            passage.Sent();
        }
        catch (Exception queryFailed)
        {
            // Told first, so that of this input not everything counts as out.
            Fail(queryFailed);
            passage.Sent();
        }
    }

    public override void OnCompleted()
    {
        passage.Completed(_entries);
        base.OnCompleted();
    }
}
