using System.Reactive.Disposables;
using System.Reactive.Subjects;

namespace Rx.Connectors.Bridging;

/// <summary>One subscription to Rx operators of which it was declared how they drop. Both sides of them are watched.</summary>
internal abstract class DeclaredRun<T, TState, TResult, TPosition>(IObserver<Positioned<TResult, TPosition>> outside)
{
    protected Subject<Positioned<T, TState>> Inside { get; } = new();

    protected IObserver<Positioned<TResult, TPosition>> Outside => outside;

    /// <summary>The operators may subscribe in several places, and all of those are meant.</summary>
    public IDisposable Connect(
        IObservable<Positioned<T, TState>> source,
        Func<IObservable<Positioned<T, TState>>, IObservable<Positioned<TResult, TPosition>>> query)
    {
        var subscriptions = new CompositeDisposable();
        subscriptions.Add(query(Inside).Subscribe(Leave, Fail, End));
        subscriptions.Add(source.Subscribe(Enter, Inside.OnError, EndOfSource));
        return subscriptions;
    }

    protected abstract void Enter(Positioned<T, TState> value);

    protected abstract void Leave(Positioned<TResult, TPosition> value);

    protected abstract void End();

    protected virtual void Fail(Exception error) => outside.OnError(error);

    protected virtual void EndOfSource() => Inside.OnCompleted();
}

/// <summary>What has not come out when the call is over that sent it in, is dropped.</summary>
internal sealed class AtOnceRun<T, TState, TResult, TPosition>(IObserver<Positioned<TResult, TPosition>> outside)
    : DeclaredRun<T, TState, TResult, TPosition>(outside)
{
    private const int NoThread = 0;

    private long _entry;
    private int _thread;
    private bool _isOut;
    private bool _hasEnded;

    protected override void Enter(Positioned<T, TState> value)
    {
        _entry = value.Entry;
        _isOut = false;
        _thread = Environment.CurrentManagedThreadId;
        Inside.OnNext(value);
        _thread = NoThread;

        // Operators that have ended, or failed, have not dropped it: it stays unread.
        if (!_isOut && !_hasEnded)
        {
            value.Drop();
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

/// <summary>What has not come out when something later does, is dropped.</summary>
internal sealed class GapRun<T, TState, TResult, TPosition>(IObserver<Positioned<TResult, TPosition>> outside)
    : DeclaredRun<T, TState, TResult, TPosition>(outside)
{
    private Positioned<T, TState> _in;
    private long _out;
    private bool _isAtEnd;

    protected override void Enter(Positioned<T, TState> value)
    {
        _in = value;
        Inside.OnNext(value);
    }

    protected override void Leave(Positioned<TResult, TPosition> value)
    {
        var lineage = value.Trace as Lineage;
        lineage?.Loosen();
        if (value.Entry > _out && value.Passage is { } passage)
        {
            DropBetween(passage, value.Entry, lineage?.Gathered?.Inputs ?? []);
            _out = value.Entry;
        }

        Outside.OnNext(value);
    }

    protected override void EndOfSource()
    {
        _isAtEnd = true;
        base.EndOfSource();
    }

    protected override void End()
    {
        // Operators that end before their source leave the rest unread.
        if (_isAtEnd && _in.Entry > _out)
        {
            DropBetween(_in.Passage!, _in.Entry, []);
            _in.Drop();
        }

        Outside.OnCompleted();
    }

    private void DropBetween(QueryPassage passage, long entry, ReadOnlySpan<InputRange> gathered)
    {
        var from = _out + 1;
        foreach (var range in gathered)
        {
            passage.Dropped(from, Math.Min(range.From, entry) - 1);
            from = Math.Max(from, range.To + 1);
        }

        passage.Dropped(from, entry - 1);
    }
}
