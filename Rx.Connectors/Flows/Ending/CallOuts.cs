using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Flows;

/// <summary>
/// Makes calls one after another, on a thread beside the workers, and waits for them for a limited time. A thread that blocks for ever
/// cannot be ended: one that does not come back from its call is left behind, and another goes on with the rest. In virtual time they
/// are made here and now, for there is no other thread (rule F6).
/// </summary>
internal sealed class CallOuts(IScheduler clock, TimeSpan timeout, IReadOnlyList<CallOut> calls)
{
    // How long a call holds up the others.
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(50);

    private readonly SingleAssignmentDisposable _timer = new();
    private readonly SerialDisposable _watch = new();
    private Action<IReadOnlyList<CallOut>>? _done;
    private int _next;

    /// <summary>Begins.</summary>
    /// <param name="done">Is told, once, of those that have not ended well.</param>
    public void Begin(Action<IReadOnlyList<CallOut>> done)
    {
        _done = done;
        if (clock.IsVirtual())
        {
            MakeAll();
        }
        else
        {
            StartThread();
            WatchThread(seen: -1);
        }

        var all = Task.WhenAll(calls.Select(static one => one.Ended));
        if (!all.IsCompleted)
        {
            _timer.Disposable = clock.Background().ScheduleAfter(this, timeout, static one => one.Done());
        }

        _ = all.ContinueWith(
            (ended, _) =>
            {
                _ = ended.Exception;
                Done();
            },
            null, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>What a run has left behind.</summary>
    public static Leftovers Describe(IEnumerable<CallOut> left)
    {
        // Read once: who is left behind may go on meanwhile.
        var all = left.Select(static one => (one.Name, one.What)).ToArray();
        return new Leftovers(
            [.. all.Select(static one => one.Name).Distinct(StringComparer.Ordinal)], [.. all.Select(static one => $"{one.Name} ({one.What})")]);
    }

    private void StartThread() => new Thread(MakeAll) { IsBackground = true, Name = "flow closing" }.Start();

    private void MakeAll()
    {
        for (var next = Take(); next < calls.Count; next = Take())
        {
            calls[next].Make();
        }

        _watch.Dispose();
    }

    private int Take() => Interlocked.Increment(ref _next) - 1;

    private void WatchThread(int seen) => _watch.Disposable = clock.Background().Schedule(_patience, () =>
    {
        var next = Volatile.Read(ref _next);
        if (next >= calls.Count)
        {
            return;
        }

        if (next == seen)
        {
            StartThread();
        }

        WatchThread(next);
    });

    private void Done()
    {
        if (Interlocked.Exchange(ref _done, null) is { } done)
        {
            _timer.Dispose();
            done([.. calls.Where(static one => !one.Ended.IsCompletedSuccessfully)]);
        }
    }
}
