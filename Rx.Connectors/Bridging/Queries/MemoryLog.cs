using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <summary>
/// What a query's <c>Scan</c>s remember at the position, and after each input that they have seen and that the position has not reached. A
/// position reaches an input when everything made of it and of those before it has left or was dropped: then no <c>Scan</c> will see any of
/// it. Any thread may use it.
/// </summary>
internal sealed class MemoryLog(IReadOnlyList<ScanMemory> resumed)
{
    private readonly IReadOnlyList<ScanMemory> _resumed = resumed;
    private readonly Lock _gate = new();
    private readonly List<Scan> _scans = [];

    /// <summary>At the position; empty for nothing. Under the bridge's lock.</summary>
    public IReadOnlyList<ScanMemory> Current { get; private set; } = resumed;

    /// <summary>Whether there is a <c>Scan</c> in the query, though nothing may have come to it yet.</summary>
    public bool HasScan { get; set; }

    public static InvalidOperationException BehindBranches() => new(
        "A Scan was sent items of two branches, of which one has a Scan more than the other, so that a position could not tell what is " +
        "remembered of which. Keep it in one Scan, before the branches or behind them.");

    /// <summary>The first item has come to a <c>Scan</c>, through so many others.</summary>
    /// <returns>What it remembers from the run before this one, or the seed.</returns>
    public TMemory Begin<TMemory>(object scan, int before, TMemory seed)
    {
        lock (_gate)
        {
            // One that is made only when items come, as for a group, is not seen before.
            HasScan = true;
            if (before == _scans.Count)
            {
                _scans.Add(new Scan(scan));
            }
            else if (_scans[before].Is != scan)
            {
                throw new InvalidOperationException(
                    "The query has two Scans beside each other, in branches or one for each group, and a position could not tell which " +
                    "remembers what. Keep what they remember in one Scan, before they part.");
            }
        }

        return before < _resumed.Count ? _resumed[before].Read<TMemory>() : seed;
    }

    /// <summary>A <c>Scan</c> has seen an input, or a part of it.</summary>
    public void Remember(int scan, long entry, ScanMemory memory)
    {
        lock (_gate)
        {
            _scans[scan].Ahead.Enqueue((entry, memory));
        }
    }

    /// <summary>The position moves over an input, and all before it. Under the bridge's lock.</summary>
    public void MoveTo(long entry)
    {
        lock (_gate)
        {
            var moved = false;
            foreach (var scan in _scans)
            {
                moved |= scan.MoveTo(entry);
            }

            // Of a query without a Scan it would stay for ever, and be wrong for one that has a Scan again.
            Current = moved ? Reached() : HasScan ? Current : [];
        }
    }

    // One that nothing has passed since the start remembers what it did then. None passes the second of two before the first.
    private List<ScanMemory> Reached()
    {
        var all = new List<ScanMemory>(Current);
        for (var i = 0; i < _scans.Count && _scans[i].Reached is { } memory; i++)
        {
            if (i < all.Count)
            {
                all[i] = memory;
            }
            else
            {
                all.Add(memory);
            }
        }

        return all;
    }

    private sealed class Scan(object scan)
    {
        public object Is => scan;

        public Queue<(long Entry, ScanMemory Memory)> Ahead { get; } = new();

        public ScanMemory? Reached { get; private set; }

        public bool MoveTo(long entry)
        {
            var moved = false;
            while (Ahead.TryPeek(out var next) && next.Entry <= entry)
            {
                Reached = Ahead.Dequeue().Memory;
                moved = true;
            }

            return moved;
        }
    }
}
