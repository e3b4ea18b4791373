using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Bridging;

/// <summary>
/// Where a feed enters a query: an observable for one subscriber, which connects the feed when it is subscribed to.
/// </summary>
internal abstract class QueryEntry<TItem, TEntered>(Feed<TItem> feed, IDemand demand, IScheduler scheduler, Action<Exception> fail)
    : IObservable<TEntered>, IFeedTarget<TItem>, IDisposable
{
    private readonly SingleAssignmentDisposable _connected = new();
    private readonly RunCredit _credit = demand.Credit;
    private IObserver<TEntered>? _observer;
    private FeedConnection? _connection;
    private Exception? _error;
    private IDisposable? _toDispose;

    /// <summary>Who sends.</summary>
    protected QueryPlace Place { get; } = demand.Threads.AddPlace(feed.SendsInRuns);

    public Task Closed => Volatile.Read(ref _connection)?.Closed ?? Task.CompletedTask;

    public IDisposable Subscribe(IObserver<TEntered> observer)
    {
        if (Interlocked.CompareExchange(ref _observer, observer, null) is not null)
        {
            // Not told to the query, where Retry or Catch would hear of it and subscribe again, for ever.
            fail(new InvalidOperationException(
                $"The query subscribed to its source {(_error is null ? "twice" : "again after it had failed")}, and the client can be " +
                "read only once. Use Publish(source => ..) to read it in several places. Instead of Retry, Repeat or Catch, open the " +
                "client again inside the stream, with the source's own reconnect, or with the input's RestartOptions.", _error));
            return Disposable.Empty;
        }

        var connection = feed.Connect(feed.CanPause ? this : new SerialTarget<TItem>(this), demand, scheduler);
        Volatile.Write(ref _connection, connection);
        _connected.Disposable = connection;
        return Disposable.Create(this, static entry => entry.Dispose());
    }

    public void OnNext(TItem value)
    {
        if (_credit.HasEnded)
        {
            demand.TurnAway();
            return;
        }

        Place.Enter();
        Send(in value);
        Place.Leave();
        if (Volatile.Read(ref _toDispose) is not null)
        {
            DisposeQuery();
        }
    }

    /// <summary>Sends a value in. It does not throw: what the query throws goes to <see cref="Fail"/>.</summary>
    protected abstract void Send(in TItem value);

    public void OnNextBatch(IList<TItem> batch)
    {
        foreach (var item in batch)
        {
            OnNext(item);
        }
    }

    public void OnError(Exception error)
    {
        _error = Missing.Error(error);
        if (demand.HasEnded)
        {
            return;
        }

        try
        {
            _observer!.OnError(_error);
        }
        catch (Exception queryFailed)
        {
            fail(queryFailed);
        }
    }

    public virtual void OnCompleted()
    {
        if (demand.HasEnded)
        {
            return;
        }

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

    /// <summary>
    /// Disposes the query, but not under a call that sends into it: from then on its operators would throw away what they make, and one
    /// that makes items without end (<c>SelectMany</c>) would never learn that nobody takes them. Left to that call, which is thrown out
    /// with its next item, or, where it lets none out, is not waited for.
    /// </summary>
    public void DisposeOutside(IDisposable query)
    {
        var timer = new SingleAssignmentDisposable();
        Interlocked.Exchange(ref _toDispose, StableCompositeDisposable.Create(query, timer));
        if (!Place.IsTaken)
        {
            DisposeQuery();
        }
        else if (!Place.IsHere)
        {
            timer.Disposable = scheduler.Background().Schedule(BridgeOptions.DefaultStopTimeout, DisposeQuery);
        }
    }

    private void DisposeQuery() => Interlocked.Exchange(ref _toDispose, null)?.Dispose();

    protected IObserver<TEntered> Observer => _observer!;

    // Rx's operators turn a failing selector into OnError; an observer that throws instead must not harm the client.
    protected void Fail(Exception queryFailed) => fail(queryFailed);
}

/// <summary>Without positions: the value itself.</summary>
internal sealed class ValueEntry<TItem>(Feed<TItem> feed, IDemand demand, IScheduler scheduler, Action<Exception> fail)
    : QueryEntry<TItem, TItem>(feed, demand, scheduler, fail)
{
    protected override void Send(in TItem value)
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
internal sealed class PositionedEntry<T, TPosition>(
    Feed<Positioned<T, TPosition>> feed, IDemand demand, IScheduler scheduler, Action<Exception> fail, QueryPassage passage)
    : QueryEntry<Positioned<T, TPosition>, Positioned<T, TPosition>>(feed, demand, scheduler, fail)
{
    private long _entries;

    protected override void Send(in Positioned<T, TPosition> value)
    {
        var entry = ++_entries;
        passage.Sending(entry, Place);
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
