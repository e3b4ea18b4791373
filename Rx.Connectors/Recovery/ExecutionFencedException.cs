namespace Rx.Connectors.Recovery;

/// <summary>A newer execution of the flow has taken over. What this one wanted to commit was not written.</summary>
public sealed class ExecutionFencedException : RecoveryStoreException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">Which execution has taken over.</param>
    public ExecutionFencedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">Which execution has taken over.</param>
    /// <param name="innerException">What led to it.</param>
    public ExecutionFencedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
