using System.Diagnostics.CodeAnalysis;

namespace Rx.Connectors.Sinks;

/// <summary>A batch was not written whole. It says what was confirmed, what failed and what was never tried (rule K3).</summary>
public sealed class SinkWriteException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="confirmed">The indices of the items whose write was confirmed, ascending.</param>
    /// <param name="failed">The items whose write failed or did not end, by ascending index.</param>
    /// <param name="notTried">The indices of the items whose write never began, ascending.</param>
    /// <exception cref="ArgumentException"><paramref name="failed"/> is empty.</exception>
    public SinkWriteException(
        IReadOnlyList<int> confirmed, IReadOnlyList<FailedWrite> failed, IReadOnlyList<int> notTried)
        : base(Describe(confirmed, failed, notTried), FirstOf(failed).Exception)
    {
        Confirmed = confirmed;
        Failed = failed;
        NotTried = notTried;
    }

    /// <summary>The indices, in the batch, of the items that are written.</summary>
    public IReadOnlyList<int> Confirmed { get; }

    /// <summary>The items whose write failed, or had not ended when it was given up: those may be written or not.</summary>
    public IReadOnlyList<FailedWrite> Failed { get; }

    /// <summary>The indices, in the batch, of the items whose write never began.</summary>
    public IReadOnlyList<int> NotTried { get; }

    private static FailedWrite FirstOf(IReadOnlyList<FailedWrite> failed)
    {
        ArgumentNullException.ThrowIfNull(failed);
        return failed.Count > 0 ? failed[0] : throw new ArgumentException("At least one write must have failed.", nameof(failed));
    }

    private static string Describe(IReadOnlyList<int> confirmed, IReadOnlyList<FailedWrite> failed, IReadOnlyList<int> notTried)
    {
        ArgumentNullException.ThrowIfNull(confirmed);
        ArgumentNullException.ThrowIfNull(notTried);
        var first = FirstOf(failed);
        var count = confirmed.Count + failed.Count + notTried.Count;
        var tries = first.Tries > 1 ? $" after {first.Tries} tries" : "";
        return $"{failed.Count} of {count} items could not be written, the first of them at index {first.Index}{tries}: " +
               $"{first.Exception.Message} ({confirmed.Count} confirmed, {notTried.Count} never tried)";
    }
}

/// <summary>One item that was not written.</summary>
public sealed class FailedWrite
{
    /// <summary>Makes one, to be filled in.</summary>
    public FailedWrite()
    {
    }

    [SetsRequiredMembers]
    internal FailedWrite(int index, Exception exception, int tries = 1)
    {
        Index = index;
        Exception = exception;
        Tries = tries;
    }

    /// <summary>The item's index in the batch.</summary>
    public required int Index { get; init; }

    /// <summary>Why it was not written: a <see cref="TimeoutException"/> where the write did not end in time, an
    /// <see cref="OperationCanceledException"/> where it was stopped because another had not.</summary>
    public required Exception Exception { get; init; }

    /// <summary>How often it was tried.</summary>
    /// <value>Default: 1.</value>
    public int Tries { get; init; } = 1;
}
