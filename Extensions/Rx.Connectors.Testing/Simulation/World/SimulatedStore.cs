using System.Globalization;
using Rx.Connectors.Recovery;

namespace Rx.Connectors.Testing;

/// <summary>
/// What a recovery store has on its disk: a commit is there as a whole or not at all, also where the process dies in the middle, or
/// never hears that it got through. It is as strict as a store may be.
/// </summary>
internal sealed class SimulatedStore(Recording? recording)
{
    private readonly SortedDictionary<(string Step, string Partition), StoredPosition> _states = [];
    private long _execution;
    private long _epoch;
    private bool _isAlive;

    /// <summary>A process has died: it does not hold the store any more.</summary>
    public void Crash() => _isAlive = false;

    public IRecoveryStore In(SimulatedProcess process) => new Store(this, process);

    private void Apply(EpochCommit epoch)
    {
        foreach (var change in epoch.Changes)
        {
            if (change.State is null)
            {
                _states.Remove((change.Step, change.Partition));
            }
            else
            {
                _states[(change.Step, change.Partition)] = change;
            }
        }

        _epoch = epoch.Number;
        recording?.Add("store", RecordedKind.Committed, epoch.Number);
    }

    private sealed class Store(SimulatedStore store, SimulatedProcess process) : IRecoveryStore
    {
        public async ValueTask<IRecoveryExecution> OpenAsync(string flow, bool takeOver, CancellationToken cancellationToken)
        {
            process.Call();
            await process.Delay(process.Random.Next(4), cancellationToken).ConfigureAwait(true);
            process.Call();
            if (process.IsFailing())
            {
                throw new RecoveryStoreException("The store could not be opened, as it was drawn.");
            }

            if (store._isAlive)
            {
                throw new ExecutionAliveException("The last execution has not ended, though its process has.");
            }

            store._isAlive = true;
            store._execution++;
            store.Recorded(RecordedKind.Opened, store._epoch);
            process.Open++;
            return new Execution(store, process);
        }
    }

    private void Recorded(RecordedKind kind, long number) => recording?.Add("store", kind, number);

    private sealed class Execution(SimulatedStore store, SimulatedProcess process) : IRecoveryExecution
    {
        private bool _isDisposed;

        public long Number { get; } = store._execution;

        public long LastEpoch { get; } = store._epoch;

        public IReadOnlyList<StoredPosition> States { get; } = [.. store._states.Values];

        public async ValueTask CommitAsync(EpochCommit epoch, CancellationToken cancellationToken)
        {
            process.Call();
            store.Recorded(RecordedKind.Committing, epoch.Number);
            await process.Delay(process.Random.Next(5), cancellationToken).ConfigureAwait(true);
            process.MayFail("A commit");
            process.Commit(isDone: false);
            if (epoch.Number != store._epoch)
            {
                if (epoch.Number != store._epoch + 1)
                {
                    throw new InvalidDataException(string.Create(
                        CultureInfo.InvariantCulture, $"Epoch {epoch.Number} was to be committed after epoch {store._epoch}."));
                }

                store.Apply(epoch);
            }

            process.Commit(isDone: true);
            process.MayFail("The answer to a commit");
            await process.Delay(process.Random.Next(3), cancellationToken).ConfigureAwait(true);
            process.ThrowIfDead();
        }

        public ValueTask DisposeAsync()
        {
            process.Call();
            if (!_isDisposed)
            {
                _isDisposed = true;
                store._isAlive = false;
                process.Open--;
            }

            return ValueTask.CompletedTask;
        }
    }
}
