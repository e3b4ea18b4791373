namespace Rx.Connectors;

/// <summary>Thrown by a source, a step or a sink to stop the flow at once: no last snapshot is taken, nothing is committed.</summary>
public sealed class AbortFlowException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">Why the flow is to stop.</param>
    public AbortFlowException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">Why the flow is to stop.</param>
    /// <param name="innerException">What led to it.</param>
    public AbortFlowException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
