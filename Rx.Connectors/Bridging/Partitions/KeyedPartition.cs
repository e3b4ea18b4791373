using System.Reactive;
using System.Reactive.Concurrency;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <summary>A bridged partition that has a key and no position.</summary>
internal sealed class KeyedPartition<T>(Feed<T> feed, BridgeSettings settings) : StatefulSourcePartition<T, Unit>
{
    private readonly BridgeEngine<T, T, Unmarked> _engine = new(feed, settings, new ValueLog<T>());

    public override DateTimeOffset? NextAwake => _engine.NextAwake;

    public override IObservable<Unit> Available => _engine.Available;

    public override SourceStatus Status => _engine.Status;

    public override void Start(IScheduler scheduler) => _engine.Start(scheduler);

    public override IReadOnlyList<T>? NextBatch() => _engine.Poll();

    public override ResumeState<Unit> Snapshot() => _engine.Read(static () => ResumeState<Unit>.None);

    public override async ValueTask DisposeAsync()
    {
        Dispose();
        await _engine.WhenClosed().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing) => _engine.Dispose();
}
