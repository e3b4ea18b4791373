using Rx.Connectors.Recovery;

namespace Rx.Connectors.Testing;

internal sealed class WatchedStore(IRecoveryStore store, Func<RecordingLane> lanes) : IRecoveryStore
{
    public async ValueTask<IRecoveryExecution> OpenAsync(string flow, bool takeOver, CancellationToken cancellationToken)
    {
        var lane = lanes();
        try
        {
            var execution = await store.OpenAsync(flow, takeOver, cancellationToken).ConfigureAwait(false);
            lane.Note(RecordedKind.Opened, execution.Number, execution.LastEpoch);
            return new Execution(execution, lane);
        }
        catch (Exception error) when (error is not HaltedException)
        {
            lane.Failed(error);
            throw;
        }
    }

    private sealed class Execution(IRecoveryExecution inner, RecordingLane lane) : IRecoveryExecution
    {
        public long Number => inner.Number;

        public long LastEpoch => inner.LastEpoch;

        public IReadOnlyList<StoredPosition> States => inner.States;

        public async ValueTask CommitAsync(EpochCommit epoch, CancellationToken cancellationToken)
        {
            var changes = epoch.Changes.Select(static one => $"{one.Step}/{one.Partition}={one.State ?? "gone"}");
            lane.Note(RecordedKind.Committing, [epoch.Number, .. changes]);
            try
            {
                await inner.CommitAsync(epoch, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is not HaltedException)
            {
                lane.Failed(error);
                throw;
            }

            lane.Note(RecordedKind.Committed, epoch.Number);
        }

        public ValueTask DisposeAsync() => lane.CloseAsync(inner.DisposeAsync);
    }
}
