namespace Rx.Connectors.Sources;

/// <summary>
/// Thrown inside <see cref="SimplePollingSource{T, TPosition}.NextItem"/> to be asked again before the usual interval is over. It
/// is for code from which returning <see cref="SimplePollingSource{T, TPosition}.RetryAfter"/> is out of reach.
/// </summary>
public sealed class RetryException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="delay">How long to wait from now, at least zero.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="delay"/> is negative.</exception>
    public RetryException(TimeSpan delay)
        : this(delay, null)
    {
    }

    /// <summary>Makes the exception for a failure that is expected to pass.</summary>
    /// <param name="delay">How long to wait from now, at least zero.</param>
    /// <param name="innerException">The failure.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="delay"/> is negative.</exception>
    public RetryException(TimeSpan delay, Exception? innerException)
        : base($"Try again after {delay}.", innerException)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        Delay = delay;
    }

    /// <summary>How long to wait before the next try, from when it was thrown.</summary>
    public TimeSpan Delay { get; }
}
