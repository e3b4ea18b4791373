using Rx.Connectors.Recovery;
using Rx.Connectors.Testing;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>
/// A store in front of another that calls something before each attempt to commit, with its number from 1; what that throws, the attempt
/// throws. What fails, hangs or takes its time by plan is the kit's <see cref="TestingRecoveryStore"/>.
/// </summary>
internal sealed class CommitHook(IRecoveryStore inner, Action<int> committing) : IRecoveryStore
{
    private int _attempts;

    public async ValueTask<IRecoveryExecution> OpenAsync(string flow, bool takeOver, CancellationToken cancellationToken) =>
        new Execution(this, await inner.OpenAsync(flow, takeOver, cancellationToken));

    private void Commit() => committing(++_attempts);

    private sealed class Execution(CommitHook store, IRecoveryExecution inner) : IRecoveryExecution
    {
        public long Number => inner.Number;

        public long LastEpoch => inner.LastEpoch;

        public IReadOnlyList<StoredPosition> States => inner.States;

        public ValueTask CommitAsync(EpochCommit epoch, CancellationToken cancellationToken)
        {
            store.Commit();
            return inner.CommitAsync(epoch, cancellationToken);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}

/// <summary>Plans for more than one attempt.</summary>
internal static class StorePlans
{
    // More than any test makes.
    private const int Most = 1_000;

    /// <summary>Each attempt whose number can be divided by another fails before anything is written.</summary>
    public static void FailEvery(this TestingRecoveryStore store, int every, Exception error)
    {
        for (var attempt = every; attempt < Most; attempt += every)
        {
            store.FailBefore(attempt, error);
        }
    }

    public static void DelayAll(this TestingRecoveryStore store, TimeSpan delay, VirtualScheduler clock)
    {
        for (var attempt = 1; attempt < Most; attempt++)
        {
            store.Delay(attempt, delay, clock);
        }
    }
}
