namespace Rx.Connectors.Flows;

public sealed partial class FlowStream<T>
{
    /// <summary>Looks at each item, as to log or to count it.</summary>
    /// <param name="action">Is given each item, on the worker's thread. What it throws ends the flow.</param>
    /// <param name="stepId">The step's id, unique in the flow; null for one such as <c>do-1</c>.</param>
    /// <returns>The same items.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="action"/> is null.</exception>
    /// <exception cref="ArgumentException">The id is empty or taken.</exception>
    public FlowStream<T> Do(Action<T> action, string? stepId = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        return Then<T>(_flow.Plan.AddStepId(stepId, "do"), (step, next) => new DoReceiver<T>(action, step, next));
    }

    /// <summary>Does something asynchronous with each item, several at a time, before any of them goes on.</summary>
    /// <param name="action">As the selector of <see cref="SelectAsync{TResult}"/>.</param>
    /// <param name="maxConcurrency">The most calls under way at a time, on each worker; at least 1.</param>
    /// <param name="stepId">The step's id, unique in the flow; null for one such as <c>do-async-1</c>.</param>
    /// <returns>The same items, in the same order.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="action"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxConcurrency"/> is less than 1.</exception>
    /// <exception cref="ArgumentException">The id is empty or taken.</exception>
    /// <remarks>All that holds for <see cref="SelectAsync{TResult}"/> holds here.</remarks>
    public FlowStream<T> DoAsync(Func<T, CancellationToken, Task> action, int maxConcurrency, string? stepId = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        return ThenAsync<T>(ThenItem, maxConcurrency, stepId, "do-async");

        async Task<T> ThenItem(T item, CancellationToken cancellationToken)
        {
            // In the context of the worker that waits, as every call of an asynchronous step.
            var call = action(item, cancellationToken) ?? throw new InvalidOperationException("The action returned null instead of a task.");
            await call.ConfigureAwait(true);
            return item;
        }
    }

    /// <summary>Turns each item into another by an asynchronous call, several at a time.</summary>
    /// <typeparam name="TResult">The new items.</typeparam>
    /// <param name="selector">
    /// Makes the new item. What it throws ends the flow. Its token is cancelled when another call of the same poll has failed, and
    /// when the run is aborted or fails.
    /// </param>
    /// <param name="maxConcurrency">The most calls under way at a time, on each worker; at least 1.</param>
    /// <param name="stepId">The step's id, unique in the flow; null for one such as <c>select-async-1</c>.</param>
    /// <returns>The new items, in the order of the old ones.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="selector"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxConcurrency"/> is less than 1.</exception>
    /// <exception cref="ArgumentException">The id is empty or taken.</exception>
    /// <remarks>
    /// <para>The worker waits for the items of one poll, as it does for a sink that writes, and polls nothing meanwhile. So there
    /// are never more calls under way than a batch of the source has items, and nothing is under way when an epoch is closed
    /// (rule F3). In virtual time the clock runs forward until the calls have ended.</para>
    /// <para>Before ingestion, <c>SelectAsync</c> of a bridge goes on over the borders of batches and holds up no worker.</para>
    /// <para>The trap: a call must not wait for a timer of the worker's own scheduler, which is not free to fire it.</para>
    /// </remarks>
    public FlowStream<TResult> SelectAsync<TResult>(
        Func<T, CancellationToken, Task<TResult>> selector, int maxConcurrency, string? stepId = null)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return ThenAsync(selector, maxConcurrency, stepId, "select-async");
    }

    /// <summary>Splits the stream in two. Each item goes to one of them.</summary>
    /// <param name="predicate">Tells which items match. What it throws ends the flow.</param>
    /// <param name="stepId">The step's id, unique in the flow; null for one such as <c>branch-1</c>.</param>
    /// <returns>The items that match, and the others. Both must lead somewhere; where only one is wanted, use
    /// <see cref="Where"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="predicate"/> is null.</exception>
    /// <exception cref="ArgumentException">The id is empty or taken.</exception>
    public (FlowStream<T> Matching, FlowStream<T> Others) Branch(Func<T, bool> predicate, string? stepId = null)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        var id = _flow.Plan.AddStepId(stepId, "branch");
        var (matching, others) = (_flow.NewStream<T>(id, Origins), _flow.NewStream<T>(id, Origins));
        _readers.Add(wiring => new BranchReceiver<T>(
            predicate, new StepContext(wiring.Worker, id), matching.Receiver(wiring), others.Receiver(wiring)));
        return (matching, others);
    }

    /// <summary>
    /// Spreads the items over all workers, one after the other, so that a costly step behind it runs on as many threads.
    /// The order of the items is given up.
    /// </summary>
    /// <param name="stepId">The step's id, unique in the flow; null for one such as <c>redistribute-1</c>.</param>
    /// <returns>The same items, on all workers.</returns>
    /// <exception cref="ArgumentException">The id is empty or taken.</exception>
    /// <remarks>
    /// <para>Items of one poll go to each worker together, and keep their order there. With one worker nothing changes, the order
    /// neither.</para>
    /// <para>They count as on their way until they are written: no epoch is closed before (rule F3), and a partition that has
    /// <see cref="FlowOptions.ExchangeCapacity"/> batches on their way is not polled.</para>
    /// </remarks>
    public FlowStream<T> Redistribute(string? stepId = null)
    {
        var next = _flow.NewStream<T>(_flow.Plan.AddStepId(stepId, "redistribute"), Origins);
        _readers.Add(wiring => wiring.All.Count == 1
            ? next.Receiver(wiring)
            : new SpreadReceiver<T>(
                [.. wiring.All.Select(to => new RemoteLane<T>(wiring.Worker, new SpreadTarget<T>(to, next.Receiver)))],
                wiring.Worker.Index));
        return next;
    }

    private FlowStream<TResult> ThenAsync<TResult>(
        Func<T, CancellationToken, Task<TResult>> selector, int maxConcurrency, string? stepId, string kind)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConcurrency, 1);
        return Then<TResult>(
            _flow.Plan.AddStepId(stepId, kind),
            (step, next) => new SelectAsyncReceiver<T, TResult>(selector, maxConcurrency, step, next));
    }
}
