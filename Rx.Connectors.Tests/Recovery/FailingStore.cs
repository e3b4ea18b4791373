using Rx.Connectors.Recovery;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>A store in front of another, whose commits fail, hang or take their time as they are told.</summary>
internal sealed class FailingStore(IRecoveryStore inner) : IRecoveryStore
{
    public int Attempts { get; private set; }

    public List<EpochCommit> Commits { get; } = [];

    /// <summary>What an attempt to commit throws, by its number from 1; null lets it through.</summary>
    public Func<int, Exception?>? Before { get; set; }

    /// <summary>What is thrown after the commit got through, as by a connection that breaks before the answer.</summary>
    public Func<int, Exception?>? After { get; set; }

    /// <summary>What is waited for before each commit.</summary>
    public Func<CancellationToken, Task>? Delay { get; set; }

    public Exception? Open { get; set; }

    public async ValueTask<IRecoveryExecution> OpenAsync(string flow, bool takeOver, CancellationToken cancellationToken) =>
        Open is null ? new Execution(this, await inner.OpenAsync(flow, takeOver, cancellationToken)) : throw Open;

    private sealed class Execution(FailingStore store, IRecoveryExecution inner) : IRecoveryExecution
    {
        public long Number => inner.Number;

        public long LastEpoch => inner.LastEpoch;

        public IReadOnlyList<StoredState> States => inner.States;

        public async ValueTask CommitAsync(EpochCommit epoch, CancellationToken cancellationToken)
        {
            var attempt = ++store.Attempts;
            if (store.Delay is { } delay)
            {
                await delay(cancellationToken);
            }

            if (store.Before?.Invoke(attempt) is { } before)
            {
                throw before;
            }

            await inner.CommitAsync(epoch, cancellationToken);
            store.Commits.Add(epoch);
            if (store.After?.Invoke(attempt) is { } after)
            {
                throw after;
            }
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
