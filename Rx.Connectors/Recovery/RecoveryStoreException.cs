namespace Rx.Connectors.Recovery;

/// <summary>A recovery store cannot be used, or could not commit. Nothing that was committed before is lost.</summary>
public class RecoveryStoreException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What is wrong, and what can be done.</param>
    public RecoveryStoreException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What is wrong, and what can be done.</param>
    /// <param name="innerException">What led to it.</param>
    public RecoveryStoreException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>
    /// Whether trying again cannot help, as where the store's file was deleted or replaced. A flow then fails at once instead of
    /// repeating the commit; the next run begins from what the store holds.
    /// </summary>
    /// <value>Default: false. The commit is tried again, <see cref="RecoveryOptions.MaxCommitRetryAttempts"/> times.</value>
    public bool IsPermanent { get; init; }
}
