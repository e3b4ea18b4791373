using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Tests.Flows;

/// <summary>One call out of a run that does not come back: it blocks its thread, or its task never ends. Everything else behaves.</summary>
internal sealed class Trap(string at, bool blocks) : IDisposable
{
    private readonly ManualResetEventSlim _open = new();
    private readonly TaskCompletionSource _never = new();

    /// <summary>Set when somebody has gone in.</summary>
    public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets everybody out.</summary>
    public void Dispose()
    {
        _open.Set();
        _never.TrySetResult();
    }

    public void Pass(string point) => Go(point).GetAwaiter();

    public Task Go(string point)
    {
        if (point != at)
        {
            return Task.CompletedTask;
        }

        Entered.TrySetResult();
        if (blocks)
        {
            _open.Wait();
            return Task.CompletedTask;
        }

        return _never.Task;
    }
}

internal sealed class TrapSource(Trap trap, int items = 3) : FixedPartitionedSource<int, int>
{
    public override IReadOnlyList<string> ListPartitions() => ["p"];

    public override async ValueTask<IReadOnlyList<string>> ListPartitionsAsync(int workerIndex, int workerCount, CancellationToken cancellationToken)
    {
        await trap.Go("list");
        return ListPartitions();
    }

    public override IObservable<Unit>? PartitionChanges(IScheduler scheduler) => new Changes(trap);

    public override StatefulSourcePartition<int, int> BuildPartition(string stepId, string partition, ResumeState<int> resumeState)
    {
        trap.Pass("build");
        return new Partition(trap, resumeState.GetValueOrDefault(0), items);
    }

    private sealed class Changes(Trap trap) : IObservable<Unit>
    {
        public IDisposable Subscribe(IObserver<Unit> observer) => Disposable.Create(() => trap.Pass("unwatch"));
    }

    private sealed class Partition(Trap trap, int next, int items) : StatefulSourcePartition<int, int>
    {
        private int _next = next;

        public override IObservable<Unit>? Available => Observable.Create<Unit>(_ => () => trap.Pass("unsubscribe"));

        public override void Start(IScheduler scheduler) => trap.Pass("start");

        public override IReadOnlyList<int>? NextBatch()
        {
            trap.Pass("poll");
            return _next < items ? [_next++] : [];
        }

        public override ResumeState<int> Snapshot()
        {
            trap.Pass("snapshot");
            return _next;
        }

        public override void OnCommitted(int position) => trap.Pass("committed");

        public override async ValueTask DisposeAsync() => await trap.Go("close source");
    }
}

internal sealed class TrapSink(Trap trap) : FixedPartitionedSink<int, int>
{
    public override IReadOnlyList<string> ListPartitions() => ["q"];

    public override StatefulSinkPartition<int, int> BuildPartition(string stepId, string partition, ResumeState<int> resumeState) => new Partition(trap);

    private sealed class Partition(Trap trap) : StatefulSinkPartition<int, int>
    {
        private int _written;

        public override void WriteBatch(IReadOnlyList<int> items)
        {
            trap.Pass("write");
            _written += items.Count;
        }

        public override ResumeState<int> Snapshot() => _written;

        public override async ValueTask FlushAsync(CancellationToken cancellationToken) => await trap.Go("flush");

        public override async ValueTask DisposeAsync() => await trap.Go("close sink");
    }
}

internal sealed class TrapStore(Trap trap) : IRecoveryStore
{
    private readonly InMemoryRecoveryStore _inner = new();

    public async ValueTask<IRecoveryExecution> OpenAsync(string flow, bool takeOver, CancellationToken cancellationToken)
    {
        var registration = cancellationToken.Register(() => trap.Pass("callback"));
        await trap.Go("open");
        return new Execution(trap, await _inner.OpenAsync(flow, takeOver, cancellationToken), registration);
    }

    private sealed class Execution(Trap trap, IRecoveryExecution inner, IDisposable registration) : IRecoveryExecution
    {
        public long Number => inner.Number;

        public long LastEpoch => inner.LastEpoch;

        public IReadOnlyList<StoredPosition> States => inner.States;

        public async ValueTask CommitAsync(EpochCommit epoch, CancellationToken cancellationToken)
        {
            await trap.Go("commit");
            await inner.CommitAsync(epoch, cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            GC.KeepAlive(registration);
            await trap.Go("close store");
            await inner.DisposeAsync();
        }
    }
}
