namespace Rx.Connectors.Testing;

/// <summary>How a scripted client ends.</summary>
internal enum ClientEnd
{
    Completes,
    Fails,
    Never,
}

/// <summary>What a scripted client does that it should not.</summary>
internal enum ClientFault
{
    None,
    ThrowsWhenOpened,
    ThrowsWhenPulled,
    ThrowsWhenClosed,
    GoesOnAfterTheEnd,
}

/// <summary>What a client does in one run, and how it was used. Not thread-safe but for what says so.</summary>
internal sealed class ConformanceScript<T>(Func<int, T> item, int count)
{
    // In milliseconds: bursts, single items, and a pause that is longer than batches are usually held back.
    private static readonly int[] _gaps = [0, 0, 0, 1, 0, 0, 0, 0, 700, 0, 10, 30, 0];

    public int Count { get; } = count;

    public ClientEnd End { get; init; }

    public ClientFault Fault { get; init; }

    /// <summary>Everything is ready at once.</summary>
    public bool Floods { get; init; }

    /// <summary>The item to begin with; set when the client is opened.</summary>
    public int Next { get; set; }

    public Exception Error { get; } = new IOException("The scripted client fails here.");

    public List<DateTimeOffset> DeliveredAt { get; } = [];

    public int Delivered { get; private set; }

    public int Opened { get; set; }

    public int Closed { get; set; }

    public bool IsCancelled { get; set; }

    /// <summary>Whether it was pulled twice at once, or closed while it was pulled.</summary>
    public bool Overlapped { get; set; }

    /// <summary>How many actions of its own wait on the clock.</summary>
    public int Timers { get; set; }

    public TimeSpan Gap => Floods ? TimeSpan.Zero : TimeSpan.FromMilliseconds(_gaps[Next % _gaps.Length]);

    public bool IsOver => Next >= Count;

    public T Deliver(DateTimeOffset now)
    {
        Delivered++;
        DeliveredAt.Add(now);
        return item(Next++);
    }
}
