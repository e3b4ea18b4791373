namespace Rx.Connectors.Testing;

/// <summary>Where events are noted, for those that only note.</summary>
internal interface IEventLog
{
    /// <summary>Notes an event at the present time.</summary>
    void Add(string lane, RecordedKind kind, params IEnumerable<object?> items);

    /// <summary>A time as it stands in an event.</summary>
    long TicksOf(DateTimeOffset time);
}
