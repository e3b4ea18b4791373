using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Testing;

/// <summary>A batch of a source that is checked, and the source's position after it.</summary>
internal readonly record struct PolledBatch<T>(IReadOnlyList<T> Items, string Position);

/// <summary>A partition as a client of a query: polled on the clock, a batch at a time.</summary>
internal sealed class PolledStream<T>(SourceSubject<T> subject, SourcePartition<T> partition, IScheduler clock)
    : IAsyncEnumerable<PolledBatch<T>>, IAsyncEnumerator<PolledBatch<T>>
{
    private CancellationToken _token;
    private TimeSpan _wait = ConformanceClock.Tick;

    public PolledBatch<T> Current { get; private set; }

    public IAsyncEnumerator<PolledBatch<T>> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        _token = cancellationToken;
        partition.Start(clock);
        return this;
    }

    public async ValueTask<bool> MoveNextAsync()
    {
        while (!_token.IsCancellationRequested && partition.NextBatch() is { } batch)
        {
            if (batch.Count > 0)
            {
                _wait = ConformanceClock.Tick;
                Current = new PolledBatch<T>([.. batch], subject.Write(subject.Snapshot(partition)));
                return true;
            }

            await PauseAsync().ConfigureAwait(true);
        }

        return false;
    }

    public ValueTask DisposeAsync()
    {
        partition.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task PauseAsync()
    {
        var over = new TaskCompletionSource();
        var time = partition.NextAwake is { } awake && awake > clock.Now && awake - clock.Now < _wait ? awake - clock.Now : _wait;
        _wait *= 2;
        using var timer = clock.Schedule(over, time, static (_, one) =>
        {
            one.TrySetResult();
            return Disposable.Empty;
        });
        using var registration = _token.UnsafeRegister(static one => ((TaskCompletionSource)one!).TrySetResult(), over);
        await over.Task.ConfigureAwait(true);
    }
}
