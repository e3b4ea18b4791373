using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Recovery;

/// <summary>The positions of one run: what its store held at the start, and what was committed since.</summary>
/// <remarks>One commit at a time; <see cref="Find"/> from any thread, also meanwhile.</remarks>
internal sealed class PositionLog(IRecoveryExecution execution, RecoveryOptions options, PositionJson json, IScheduler scheduler)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Step, string Partition), StoredPosition> _states =
        execution.States.ToDictionary(static state => (state.Step, state.Partition));

    // A store may block: what comes after a pause must not come on a worker's thread.
    private readonly TimeProvider _clock = scheduler.Background().ToTimeProvider();
    private long _epoch = execution.LastEpoch;
    private int _isClosed;

    /// <summary>The last epoch that was committed.</summary>
    public long Epoch => Volatile.Read(ref _epoch);

    public PositionJson Json => json;

    public StoredPosition? Find(string step, string partition)
    {
        lock (_gate)
        {
            return _states.GetValueOrDefault((step, partition));
        }
    }

    /// <summary>Commits one more epoch, and tries again where that may help. Without changes there is nothing to do.</summary>
    /// <param name="changes">What differs from what is stored.</param>
    /// <param name="at">When the epoch was closed.</param>
    /// <param name="begun">Hears of every attempt before it is made.</param>
    /// <param name="failed">Hears of every attempt that failed and is followed by another.</param>
    /// <param name="abort">Ends the attempts.</param>
    public async Task CommitAsync(
        IReadOnlyList<StoredPosition> changes, DateTimeOffset at, Action begun, Action<Exception> failed, CancellationToken abort)
    {
        if (changes.Count == 0)
        {
            return;
        }

        var commit = new EpochCommit(Epoch + 1, at, changes);
        var backoff = options.NewBackoff(scheduler);
        while (true)
        {
            begun();
            try
            {
                await execution.CommitAsync(commit, abort).ConfigureAwait(false);
                break;
            }
            catch (Exception error) when (MayPass(error) && !abort.IsCancellationRequested
                && backoff.Failures < options.MaxCommitRetryAttempts)
            {
                failed(error);
            }

            await Task.Delay(backoff.Next(), _clock, abort).ConfigureAwait(false);
        }

        Keep(commit);
    }

    /// <summary>Tells the store that the run has ended, once.</summary>
    public ValueTask CloseAsync() =>
        Interlocked.Exchange(ref _isClosed, 1) == 0 ? execution.DisposeAsync() : ValueTask.CompletedTask;

    // An argument that the store refuses is refused again, however often it comes.
    private static bool MayPass(Exception error) =>
        error is not (ExecutionFencedException or ArgumentException or RecoveryStoreException { IsPermanent: true });

    private void Keep(EpochCommit commit)
    {
        lock (_gate)
        {
            foreach (var change in commit.Changes)
            {
                _states[(change.Step, change.Partition)] = change;
            }
        }

        Volatile.Write(ref _epoch, commit.Number);
    }
}
