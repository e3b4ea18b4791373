using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace Rx.Connectors.Bridging;

/// <summary>Asks for polls. One request is enough until the next poll, which looks at everything.</summary>
internal sealed class PollRequests
{
    private readonly Subject<Unit> _available = new();
    private volatile bool _isAsked;

    // Who subscribes late is told what was asked for before: there is no second request until the next poll.
    public IObservable<Unit> Available => Observable.Create<Unit>(observer =>
    {
        var subscription = _available.Subscribe(observer);
        if (_isAsked)
        {
            observer.OnNext(Unit.Default);
        }

        return subscription;
    });

    /// <summary>Under the lock: a poll begins.</summary>
    public void Answer() => _isAsked = false;

    /// <summary>Under the lock: whether <see cref="Ask"/> is to be called after it.</summary>
    public bool Take()
    {
        var isFirst = !_isAsked;
        _isAsked = true;
        return isFirst;
    }

    /// <summary>Not under the lock. It throws what an observer throws.</summary>
    public void Ask() => _available.OnNext(Unit.Default);

    public void Complete() => _available.OnCompleted();
}
