using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Rx.Connectors.Tests.Infrastructure;

/// <summary>
/// An asynchronous client with a plan: what it sends at which virtual time. What is due completes at once. It ignores its
/// token, and counts what is done to it.
/// </summary>
internal sealed class ScriptedStream<T>(IScheduler scheduler) : IAsyncEnumerable<T>, IAsyncEnumerator<T>
{
    private readonly Queue<(long At, Func<bool> Do)> _plan = new();
    private int _readsNow;

    public T Current { get; private set; } = default!;

    public int Opened { get; private set; }

    public int Reads { get; private set; }

    public int MostReadsAtOnce { get; private set; }

    public int Disposals { get; private set; }

    public CancellationToken Token { get; private set; }

    public Exception? DisposeError { get; init; }

    public ScriptedStream<T> Item(long at, T item) => Plan(at, () =>
    {
        Current = item;
        return true;
    });

    public ScriptedStream<T> End(long at) => Plan(at, () => false);

    public ScriptedStream<T> Fail(long at, Exception error) => Plan(at, () => throw error);

    public ScriptedStream<T> Never() => Plan(long.MaxValue, () => false);

    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        Opened++;
        Token = cancellationToken;
        return this;
    }

    public async ValueTask<bool> MoveNextAsync()
    {
        Reads++;
        MostReadsAtOnce = Math.Max(MostReadsAtOnce, ++_readsNow);
        try
        {
            var (at, next) = _plan.Count > 0 ? _plan.Dequeue() : (long.MaxValue, () => false);
            if (at > scheduler.Now.UtcTicks)
            {
                await At(at);
            }

            return next();
        }
        finally
        {
            _readsNow--;
        }
    }

    public ValueTask DisposeAsync()
    {
        Disposals++;
        return DisposeError is null ? ValueTask.CompletedTask : ValueTask.FromException(DisposeError);
    }

    private ScriptedStream<T> Plan(long at, Func<bool> next)
    {
        _plan.Enqueue((at, next));
        return this;
    }

    private Task At(long at)
    {
        var reached = new TaskCompletionSource();
        if (at != long.MaxValue)
        {
            scheduler.Schedule(reached, new DateTimeOffset(at, TimeSpan.Zero), static (_, source) =>
            {
                source.SetResult();
                return Disposable.Empty;
            });
        }

        return reached.Task;
    }
}
