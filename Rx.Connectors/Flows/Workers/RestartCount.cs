using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Flows;

/// <summary>
/// Counts the restarts of a partition by the item that it stops at: items that come again do not begin the count anew, getting
/// further does.
/// </summary>
internal sealed class RestartCount<TPosition>(RestartOptions options, IScheduler scheduler)
{
    // Whether two positions that differ are in different places; of others, nobody knows.
    private static readonly bool _tellsPositionsApart =
        typeof(TPosition).IsValueType || typeof(IEquatable<TPosition>).IsAssignableFrom(typeof(TPosition));

    private readonly Backoff _backoff = options.NewBackoff(scheduler);
    private ResumeState<TPosition> _stoppedAt;
    private long _items;
    private long _itemsOfLast;

    /// <summary>Counts a failure.</summary>
    /// <param name="at">Where the partition has stopped.</param>
    /// <param name="items">How many items it has handed out in all.</param>
    /// <param name="settled">How much will not come again, of a partition that gives back; null of another.</param>
    /// <param name="delay">How long to wait before the restart.</param>
    /// <returns>Whether there is to be one.</returns>
    public bool TryCount(ResumeState<TPosition> at, long items, long? settled, out TimeSpan delay)
    {
        var ofThis = items - _items;
        if (settled is { } count ? count > 0 : IsFurther(at, ofThis))
        {
            _backoff.Reset();
        }

        (_stoppedAt, _items, _itemsOfLast) = (at, items, ofThis);
        var goesOn = _backoff.Failures < options.MaxRetryAttempts;
        delay = goesOn ? _backoff.Next() : TimeSpan.Zero;
        return goesOn;
    }

    // One whose position stays hands out again what it handed out before; it stops at the same item if it does so after as many.
    private bool IsFurther(ResumeState<TPosition> at, long items) => at == _stoppedAt
        ? items > 0 && items != _itemsOfLast
        : items > 0 || _tellsPositionsApart;
}
