using System.Reactive;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Races;

/// <summary>A participant that polls as the contract asks and no more often: at once after items, when it is due, and after a signal.</summary>
internal sealed class Poller<T>(SourcePartition<T> partition, StillClock clock, Action? polled = null)
{
    private readonly List<T> _items = [];
    private int _signals;

    public IReadOnlyList<T> Items => _items;

    public bool IsOver { get; private set; }

    /// <summary>Polls to the end, which comes or fails.</summary>
    public void Run()
    {
        using var signals = partition.Available!.Subscribe(_ => _signals++);
        while (!Turns.IsResting)
        {
            var seen = _signals;
            if (partition.NextBatch() is not { } batch)
            {
                break;
            }

            _items.AddRange(batch);
            polled?.Invoke();
            if (batch.Count == 0)
            {
                Wait(seen);
            }
        }

        IsOver = true;
    }

    private void Wait(int seen)
    {
        var left = partition.NextAwake?.UtcTicks - clock.Clock;
        if (left <= 0)
        {
            return;
        }

        Turns.WaitUntil(() => _signals != seen || Turns.IsResting, "a signal", isTimed: left is not null);
        if (_signals == seen && left is { } time)
        {
            clock.Sleep(time);
        }
    }
}
