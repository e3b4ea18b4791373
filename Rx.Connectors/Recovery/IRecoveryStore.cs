namespace Rx.Connectors.Recovery;

/// <summary>
/// Keeps the positions of flows, so that a run can begin where the last one was. It is all that a flow needs of a store: to put
/// positions on another database, implement this and <see cref="IRecoveryExecution"/>.
/// </summary>
/// <remarks>Members may be called from any thread, for several flows at once.</remarks>
public interface IRecoveryStore
{
    /// <summary>
    /// Begins an execution of a flow: takes the next execution number, and loads everything that was committed.
    /// </summary>
    /// <param name="flow">The flow's name: any Unicode without a zero character, as all names that positions are stored under.</param>
    /// <param name="takeOver">
    /// What to do where another execution of the flow is still alive. False: refuse. True: fence it, so that its next commit
    /// fails without having written anything.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The execution. From its start on, every older execution of the flow is fenced.</returns>
    /// <exception cref="ExecutionAliveException">Another execution is alive, and <paramref name="takeOver"/> is false.</exception>
    /// <exception cref="RecoveryStoreException">The store cannot be used: it cannot be read or written, is corrupt, or was
    /// written by a newer version, or it has less than was durable. It must never look empty, or earlier, instead.</exception>
    /// <exception cref="ArgumentException">The name is empty, or could not be kept as it is.</exception>
    ValueTask<IRecoveryExecution> OpenAsync(string flow, bool takeOver, CancellationToken cancellationToken);
}
