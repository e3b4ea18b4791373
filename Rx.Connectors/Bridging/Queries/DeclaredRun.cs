using System.Reactive.Disposables;
using System.Reactive.Subjects;

namespace Rx.Connectors.Bridging;

/// <summary>One subscription to Rx operators of which it was declared how they drop. Both sides of them are watched.</summary>
internal abstract class DeclaredRun<T, TPosition, TResult>(IObserver<Positioned<TResult, TPosition>> outside)
{
    protected Subject<Positioned<T, TPosition>> Inside { get; } = new();

    protected IObserver<Positioned<TResult, TPosition>> Outside => outside;

    /// <summary>The operators may subscribe in several places, and all of those are meant.</summary>
    public IDisposable Connect(
        IObservable<Positioned<T, TPosition>> source,
        Func<IObservable<Positioned<T, TPosition>>, IObservable<Positioned<TResult, TPosition>>> query)
    {
        var subscriptions = new CompositeDisposable();
        subscriptions.Add(query(Inside).Subscribe(Leave, Fail, End));
        subscriptions.Add(source.Subscribe(Enter, Inside.OnError, EndOfSource));
        return subscriptions;
    }

    protected abstract void Enter(Positioned<T, TPosition> value);

    protected abstract void Leave(Positioned<TResult, TPosition> value);

    protected abstract void End();

    protected virtual void Fail(Exception error) => outside.OnError(error);

    protected virtual void EndOfSource() => Inside.OnCompleted();
}

/// <summary>What has not come out when the call is over that sent it in, is dropped.</summary>
internal sealed class AtOnceRun<T, TPosition, TResult>(IObserver<Positioned<TResult, TPosition>> outside)
    : DeclaredRun<T, TPosition, TResult>(outside)
{
    private const int NoThread = 0;

    private long _entry;
    private int _thread;
    private bool _isOut;
    private bool _hasEnded;

    protected override void Enter(Positioned<T, TPosition> value)
    {
        _entry = value.Entry;
        _isOut = false;
        _thread = Environment.CurrentManagedThreadId;
        Inside.OnNext(value);
        _thread = NoThread;

        // Operators that have ended, or failed, have not dropped it: it stays unread.
        if (!_isOut && !_hasEnded)
        {
            value.Discard();
        }
    }

    protected override void Leave(Positioned<TResult, TPosition> value)
    {
        _isOut = true;
        if (_thread != Environment.CurrentManagedThreadId || value.Entry != _entry || HoldsOthers(value))
        {
            Fail(PositionOrderException.NotAtOnce(value.Position));
        }
        else
        {
            Outside.OnNext(value);
        }
    }

    protected override void End()
    {
        _hasEnded = true;
        Outside.OnCompleted();
    }

    protected override void Fail(Exception error)
    {
        _hasEnded = true;
        base.Fail(error);
    }

    private static bool HoldsOthers(in Positioned<TResult, TPosition> value) =>
        value.Trace is Lineage { Gathered.Inputs: var inputs } && inputs[0].From < value.Entry;
}
