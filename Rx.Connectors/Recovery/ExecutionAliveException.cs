namespace Rx.Connectors.Recovery;

/// <summary>A flow is running already on the same store. It was left alone, and the new run has not begun.</summary>
public sealed class ExecutionAliveException : RecoveryStoreException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">Which execution is alive, and where.</param>
    public ExecutionAliveException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">Which execution is alive, and where.</param>
    /// <param name="innerException">What led to it.</param>
    public ExecutionAliveException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
