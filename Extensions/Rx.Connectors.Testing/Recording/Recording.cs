using System.Reactive.Concurrency;

namespace Rx.Connectors.Testing;

/// <summary>
/// What happened in a run, in order: what clients delivered, each poll with its batch, awake times, snapshots, epochs, acks, writes
/// and their confirmations. Two runs that repeat have the same recording, byte for byte.
/// </summary>
/// <example><c>flow.Input("in", recording.Watch(source)).Output("out", recording.Watch(sink), key)</c></example>
/// <param name="clock">The clock that times the events.</param>
/// <remarks>Thread-safe.</remarks>
public sealed partial class Recording(IScheduler clock) : IEventLog
{
    private readonly Lock _gate = new();
    private readonly List<RecordedEvent> _events = [];
    private readonly long _origin = clock.Now.UtcTicks;

    /// <summary>What happened so far.</summary>
    public IReadOnlyList<RecordedEvent> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>Notes an event at the present time.</summary>
    /// <param name="lane">To whom it happened.</param>
    /// <param name="kind">What.</param>
    /// <param name="items">What it is about; written with the invariant culture.</param>
    public void Add(string lane, RecordedKind kind, params IEnumerable<object?> items)
    {
        ArgumentNullException.ThrowIfNull(lane);
        ArgumentNullException.ThrowIfNull(items);
        var texts = items.Select(RecordedText.Of).ToArray();
        lock (_gate)
        {
            _events.Add(new RecordedEvent(clock.Now.UtcTicks - _origin, lane, kind, texts));
        }
    }

    long IEventLog.TicksOf(DateTimeOffset time) => time.UtcTicks - _origin;

    /// <summary>A line for each event, each ended by a line feed.</summary>
    /// <returns>The lines.</returns>
    public override string ToString() => string.Concat(Events.Select(static one => $"{one}\n"));
}
