namespace Rx.Connectors.Testing;

/// <summary>What is known of a source that is checked. Each thing that is stated lets more be checked.</summary>
/// <typeparam name="T">The items.</typeparam>
public sealed class SourceConformanceOptions<T>
{
    /// <summary>How many items are read of a source that does not end, and how many a scripted client sends.</summary>
    /// <value>At least 1. Default: 100. Every run is read again for each place to cut it.</value>
    public int Items { get; init; } = 100;

    /// <summary>What an uncut run must hand out, in this order.</summary>
    /// <value>
    /// Default, null: what a scripted client sends; where the client is the connector's own, what is read by a host that polls all
    /// the time, so that what is lost always is not seen.
    /// </value>
    public IReadOnlyList<T>? Expected { get; init; }

    /// <summary>What tells two items apart.</summary>
    /// <value>Default, null: the items' own equality.</value>
    public Func<T, object?>? Key { get; init; }

    /// <summary>The most items in a batch (rule S7).</summary>
    /// <value>At least 1. Default, null: not checked.</value>
    public int? MaxBatchSize { get; init; }

    /// <summary>How long an item may be held back (rule S7). Seen where the client is scripted.</summary>
    /// <value>At least zero. Default, null: not checked.</value>
    public TimeSpan? MaxBatchDelay { get; init; }

    /// <summary>How many items may wait inside (rule S6). Seen where the client is scripted.</summary>
    /// <value>At least 1. Default, null: any number below 20,000.</value>
    public int? Capacity { get; init; }

    /// <summary>How many items the client of the partition that was built last has been told to forget (rule S11).</summary>
    /// <value>Default, null: not checked.</value>
    public Func<long>? Acknowledged { get; init; }

    /// <summary>Whether to use the real clock, for a client that does real input and output.</summary>
    /// <value>Default: false, virtual time. Where work is seen to leave it, the checks begin anew on the real clock.</value>
    public bool OnRealClock { get; init; }

    /// <summary>How long, in real time, a call may take before it counts as blocked, and on the real clock how long a source may
    /// be quiet before it counts as waiting for ever.</summary>
    /// <value>More than zero. Default: 10 s. Only a source that is quiet or blocks waits it out.</value>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    internal SourceConformanceOptions<T> Checked()
    {
        Require(Items >= 1, nameof(Items), Items, "at least 1");
        Require(MaxBatchSize is null or >= 1, nameof(MaxBatchSize), MaxBatchSize, "at least 1, or null");
        Require(MaxBatchDelay is null || MaxBatchDelay >= TimeSpan.Zero, nameof(MaxBatchDelay), MaxBatchDelay, "at least zero, or null");
        Require(Capacity is null or >= 1, nameof(Capacity), Capacity, "at least 1, or null");
        Require(Patience > TimeSpan.Zero, nameof(Patience), Patience, "more than zero");
        return this;
    }

    private static void Require(bool isAllowed, string option, object? value, string allowed)
    {
        if (!isAllowed)
        {
            throw new ArgumentOutOfRangeException(
                $"options.{option}", value, $"{nameof(SourceConformanceOptions<>)}.{option} must be {allowed}.");
        }
    }
}
