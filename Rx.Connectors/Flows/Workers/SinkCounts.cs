using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Flows;

/// <summary>What a sink partition has written, and what it is writing. One thread writes; any may read, also while a write blocks.</summary>
internal sealed class SinkCounts(ElapsedTime elapsed)
{
    private long _items;
    private long _batches;
    private long _began;
    private int _writing;

    /// <summary>Items whose write was confirmed.</summary>
    public long Items => Volatile.Read(ref _items);

    /// <summary>A write begins.</summary>
    /// <returns>When, in elapsed time.</returns>
    public long Begin(int items)
    {
        var now = elapsed.Now;
        Volatile.Write(ref _began, now);
        Volatile.Write(ref _writing, items);
        return now;
    }

    /// <summary>The write is over, whether it went well or not.</summary>
    public void End() => Volatile.Write(ref _writing, 0);

    /// <summary>It went well.</summary>
    public void Count(int items)
    {
        Volatile.Write(ref _items, _items + items);
        Volatile.Write(ref _batches, _batches + 1);
    }

    public SinkProgress Progress(ISinkRunner of, DateTimeOffset now)
    {
        var (items, batches) = (Items, Volatile.Read(ref _batches));
        // In this order: what is read first was begun last, or is over.
        var began = Volatile.Read(ref _began);
        var writing = Volatile.Read(ref _writing);
        var since = writing == 0 ? 0 : Math.Max(0, elapsed.Now - began);
        return new SinkProgress
        {
            Step = of.StepId,
            Partition = of.Partition,
            Items = items,
            Batches = batches,
            Writing = writing,
            WritingFor = TimeSpan.FromTicks(since),
            WritingSince = writing == 0 ? null : now.AddTicks(-since),
        };
    }
}
