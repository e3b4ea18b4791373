using System.Reactive.Concurrency;
using Rx.Connectors.Recovery;

namespace Rx.Connectors.Testing;

/// <summary>
/// A recovery store in front of another, which fails, hangs or takes its time where a test says so, and remembers what was committed.
/// </summary>
/// <remarks>
/// Thread-safe. Attempts to commit are numbered from 1 over all executions, and so are those to open; each failure happens once,
/// since the flow's next attempt has another number.
/// </remarks>
/// <param name="inner">The store that keeps the positions; null for an <see cref="InMemoryRecoveryStore"/> of its own.</param>
public sealed class TestingRecoveryStore(IRecoveryStore? inner = null) : IRecoveryStore
{
    private readonly Lock _gate = new();
    private readonly IRecoveryStore _inner = inner ?? new InMemoryRecoveryStore();
    private readonly Dictionary<int, Exception> _opens = [];
    private readonly Dictionary<int, Exception> _before = [];
    private readonly Dictionary<int, Exception> _after = [];
    private readonly Dictionary<int, Func<CancellationToken, Task>> _delays = [];
    private readonly List<EpochCommit> _commits = [];
    private int _openAttempts;
    private int _commitAttempts;

    /// <summary>How often it was opened, or was tried to be.</summary>
    public int OpenAttempts => Volatile.Read(ref _openAttempts);

    /// <summary>How many commits were tried.</summary>
    public int CommitAttempts => Volatile.Read(ref _commitAttempts);

    /// <summary>What got through, in order, a copy. A commit that is tried again after it got through is there twice.</summary>
    public IReadOnlyList<EpochCommit> Commits
    {
        get
        {
            lock (_gate)
            {
                return [.. _commits];
            }
        }
    }

    /// <summary>Lets an attempt to open fail.</summary>
    /// <param name="attempt">Its number, from 1.</param>
    /// <param name="error">With what; null for a <see cref="RecoveryStoreException"/>.</param>
    /// <returns>This store.</returns>
    public TestingRecoveryStore FailOpen(int attempt, Exception? error = null) => Set(_opens, attempt, error ?? NewError("open", attempt));

    /// <summary>Lets an attempt to commit fail before anything is written.</summary>
    /// <param name="attempt">Its number, from 1.</param>
    /// <param name="error">With what; null for a <see cref="RecoveryStoreException"/>.</param>
    /// <returns>This store.</returns>
    public TestingRecoveryStore FailBefore(int attempt, Exception? error = null) => Set(_before, attempt, error ?? NewError("commit", attempt));

    /// <summary>Lets an attempt to commit get through and then fail, as when the connection breaks before the answer.</summary>
    /// <param name="attempt">Its number, from 1.</param>
    /// <param name="error">With what; null for a <see cref="RecoveryStoreException"/>.</param>
    /// <returns>This store.</returns>
    public TestingRecoveryStore FailAfter(int attempt, Exception? error = null) => Set(_after, attempt, error ?? NewError("commit", attempt));

    /// <summary>Lets an attempt to commit take its time before anything else.</summary>
    /// <param name="attempt">Its number, from 1.</param>
    /// <param name="delay">How long.</param>
    /// <param name="clock">On which clock.</param>
    /// <returns>This store.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="clock"/> is null.</exception>
    public TestingRecoveryStore Delay(int attempt, TimeSpan delay, IScheduler clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        return Set(_delays, attempt, token => ClockDelay.Until(clock, clock.Now + delay, token));
    }

    /// <summary>Lets an attempt to commit hang until it is cancelled. Nothing is written.</summary>
    /// <param name="attempt">Its number, from 1.</param>
    /// <returns>This store.</returns>
    public TestingRecoveryStore Hang(int attempt) =>
        Set(_delays, attempt, static token => ClockDelay.Until(ImmediateScheduler.Instance, null, token));

    /// <inheritdoc/>
    public async ValueTask<IRecoveryExecution> OpenAsync(string flow, bool takeOver, CancellationToken cancellationToken)
    {
        Throw(_opens, Interlocked.Increment(ref _openAttempts));
        return new Execution(this, await _inner.OpenAsync(flow, takeOver, cancellationToken).ConfigureAwait(false));
    }

    private static RecoveryStoreException NewError(string what, int attempt) => new($"The testing store fails attempt {attempt} to {what}.");

    private TestingRecoveryStore Set<T>(Dictionary<int, T> plan, int attempt, T value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempt, 1);
        lock (_gate)
        {
            plan[attempt] = value;
            return this;
        }
    }

    private T? Find<T>(Dictionary<int, T> plan, int attempt)
    {
        lock (_gate)
        {
            return plan.GetValueOrDefault(attempt);
        }
    }

    private void Throw(Dictionary<int, Exception> plan, int attempt)
    {
        if (Find(plan, attempt) is { } error)
        {
            throw error;
        }
    }

    private sealed class Execution(TestingRecoveryStore store, IRecoveryExecution inner) : IRecoveryExecution
    {
        public long Number => inner.Number;

        public long LastEpoch => inner.LastEpoch;

        public IReadOnlyList<StoredPosition> States => inner.States;

        public async ValueTask CommitAsync(EpochCommit epoch, CancellationToken cancellationToken)
        {
            var attempt = Interlocked.Increment(ref store._commitAttempts);
            if (store.Find(store._delays, attempt) is { } delay)
            {
                await delay(cancellationToken).ConfigureAwait(false);
            }

            store.Throw(store._before, attempt);
            await inner.CommitAsync(epoch, cancellationToken).ConfigureAwait(false);
            lock (store._gate)
            {
                store._commits.Add(epoch);
            }

            store.Throw(store._after, attempt);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
