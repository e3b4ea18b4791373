namespace Rx.Connectors.Recovery;

/// <summary>One run of a flow, as its store sees it. Disposing it tells the store that the run has ended.</summary>
/// <remarks>The flow calls one member at a time, from any thread.</remarks>
public interface IRecoveryExecution : IAsyncDisposable
{
    /// <summary>The number of this execution: 1 for the flow's first, and one more for each.</summary>
    long Number { get; }

    /// <summary>The last epoch that was committed, by whichever execution; 0 if there is none.</summary>
    long LastEpoch { get; }

    /// <summary>The states of all partitions as of <see cref="LastEpoch"/>, also of those that the flow no longer has.</summary>
    IReadOnlyList<StoredPosition> States { get; }

    /// <summary>Commits an epoch: all of it durably, or nothing (rule F3).</summary>
    /// <param name="epoch">Its number, which is one more than the last committed, and the states that have changed.</param>
    /// <param name="cancellationToken">Gives up waiting. Whether the epoch was committed is then unknown.</param>
    /// <returns>A task that ends when the epoch is durable.</returns>
    /// <exception cref="ExecutionFencedException">A newer execution has begun. Nothing was written.</exception>
    /// <exception cref="RecoveryStoreException">The epoch could not be written.</exception>
    /// <exception cref="ArgumentException">The number is neither the next nor one that this execution has committed, or a name or a
    /// state holds a zero character or half a surrogate pair. Nothing was written.</exception>
    /// <remarks>After any failure but a fence, an <see cref="ArgumentException"/> and what
    /// <see cref="RecoveryStoreException.IsPermanent"/> says the flow tries again with the same epoch: committing a number a second time in one
    /// execution, where the first attempt did get through, must succeed and change nothing.</remarks>
    ValueTask CommitAsync(EpochCommit epoch, CancellationToken cancellationToken);
}
