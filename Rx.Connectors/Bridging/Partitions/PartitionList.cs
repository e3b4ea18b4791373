using System.Reactive;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;

namespace Rx.Connectors.Bridging;

/// <summary>The keys of a source's partitions: given once, or sent whenever they change.</summary>
internal sealed class PartitionList
{
    private readonly IObservable<IReadOnlyList<string>>? _sent;
    private volatile IReadOnlyList<string>? _known;

    public PartitionList(IReadOnlyList<string> keys) => _known = keys;

    public PartitionList(IObservable<IReadOnlyList<string>> keys)
    {
        _sent = keys;
        Changes = Observable.Create<Unit>(observer =>
        {
            var subscription = keys.Do(list => _known = list).Select(static _ => Unit.Default).Subscribe(observer);
            // Whoever asks later subscribes anew, rather than be told what was true once.
            return StableCompositeDisposable.Create(subscription, Disposable.Create(() => _known = null));
        });
    }

    /// <summary>The last list; none before there is one.</summary>
    public IReadOnlyList<string> Known => _known ?? [];

    /// <summary>Signals that the list has changed; null if it never does.</summary>
    public IObservable<Unit>? Changes { get; }

    public ValueTask<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) =>
        _known is { } known ? new(known) : new(_sent!.FirstAsync().ToTask(cancellationToken));
}
