using System.Reactive.Concurrency;

namespace Rx.Connectors.Testing;

/// <summary>A write that does what a check asks for, and writes down how it was called.</summary>
internal sealed class ScriptedWrite<T>(IScheduler clock) where T : notnull
{
    private readonly Lock _gate = new();
    private int _inFlight;

    /// <summary>How long a write takes. Zero: it has completed when the call returns.</summary>
    public TimeSpan Takes { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The items of which a write fails, and how often.</summary>
    public Dictionary<T, int> Failures { get; } = [];

    /// <summary>The item whose write does not complete.</summary>
    public Predicate<T> Hangs { get; init; } = static _ => false;

    public Exception Error { get; } = new IOException("The scripted write fails here.");

    /// <summary>The items whose write began, in this order, again for each try.</summary>
    public List<T> Begun { get; } = [];

    public List<DateTimeOffset> BegunAt { get; } = [];

    /// <summary>The items whose write has completed.</summary>
    public List<T> Written { get; } = [];

    public int MostInFlight { get; private set; }

    public bool IsCancelled { get; private set; }

    public async Task WriteAsync(T item, CancellationToken cancellationToken)
    {
        var fails = Enter(item);
        try
        {
            cancellationToken.Register(() => IsCancelled = true);
            if (Hangs(item))
            {
                // On the caller's context, if there is one, as most clients' code is written.
                var never = new TaskCompletionSource();
                cancellationToken.Register(() => never.TrySetCanceled(cancellationToken));
                await never.Task.ConfigureAwait(true);
            }
            else if (Takes > TimeSpan.Zero)
            {
                var over = new TaskCompletionSource();
                using var timer = clock.Schedule(Takes, () => Complete(over));
                await over.Task.ConfigureAwait(true);
            }

            if (fails)
            {
                throw Error;
            }

            lock (_gate)
            {
                Written.Add(item);
            }
        }
        finally
        {
            lock (_gate)
            {
                _inFlight--;
            }
        }
    }

    // As a timer does, whose thread has no context.
    private static void Complete(TaskCompletionSource over)
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            over.SetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    private bool Enter(T item)
    {
        lock (_gate)
        {
            Begun.Add(item);
            BegunAt.Add(clock.Now);
            MostInFlight = Math.Max(MostInFlight, ++_inFlight);
            var left = Failures.GetValueOrDefault(item);
            Failures[item] = left - 1;
            return left > 0;
        }
    }
}
