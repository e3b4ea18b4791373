namespace Rx.Connectors.Bridging;

/// <summary>
/// The inputs that a query dropped and said so, as runs without a gap; it takes as much memory as there are items inside the query
/// between them. The position may move over a run once everything before it is handed out. Any thread may use it.
/// </summary>
internal sealed class DropLog<TPosition>(int nudgeAfter, Action nudge) : IDropLog<TPosition>
{
    private const int FewForgotten = 16;

    private readonly Lock _gate = new();
    private readonly List<Run> _runs = [];
    private int _first;
    private long _unseen;
    private Run? _held;

    /// <summary>Whether anything was ever dropped.</summary>
    public bool IsUsed { get; private set; }

    public void Dropped(long from, long to)
    {
        if (from <= to)
        {
            Add(new Run(from, to, 0, default));
        }
    }

    public void Dropped(long entry, TPosition position) => Add(new Run(entry, entry, entry, position));

    public void Hold(long entry) => _held ??= new Run(entry, entry, 0, default);

    public void Hold(long entry, TPosition position) => _held = new Run(entry, entry, entry, position);

    public void Nudge() => nudge();

    public void Settle(bool isBroken)
    {
        var held = _held;
        _held = null;
        if (held is { } run && !isBroken)
        {
            Add(run);
        }
    }

    /// <summary>Whether all inputs between two were dropped, or are among others. What is up to the first is forgotten.</summary>
    public bool Covers(long after, long before, ReadOnlySpan<InputRange> others)
    {
        lock (_gate)
        {
            Forget(after);
            var run = _first;
            var next = after + 1;
            while (next < before)
            {
                if (run < _runs.Count && _runs[run].To < next)
                {
                    run++;
                }
                else if (!others.IsEmpty && others[0].To < next)
                {
                    others = others[1..];
                }
                else if (run < _runs.Count && _runs[run].From <= next)
                {
                    next = _runs[run].To + 1;
                }
                else if (!others.IsEmpty && others[0].From <= next)
                {
                    next = others[0].To + 1;
                }
                else
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>How far inputs were dropped that follow on one without a gap; the last of them whose position is known.</summary>
    public bool TryFollow(long after, out long to, out TPosition position)
    {
        lock (_gate)
        {
            _unseen = 0;
            Forget(after);
            var follows = _first < _runs.Count && _runs[_first].From <= after + 1 && _runs[_first].Known > after;
            (to, position) = follows ? (_runs[_first].Known, _runs[_first].Position!) : (0, default!);
            return follows;
        }
    }

    private void Add(Run added)
    {
        lock (_gate)
        {
            IsUsed = true;
            var last = _runs.Count - 1;
            if (last < _first || _runs[last].To + 1 < added.From)
            {
                _runs.Add(added);
            }
            else if (_runs[last].From <= added.From)
            {
                _runs[last] = _runs[last].Join(added);
            }
            else
            {
                Insert(added);
            }

            _unseen += added.To - added.From + 1;
            if (added.Known == 0 || _unseen < nudgeAfter)
            {
                return;
            }

            _unseen = 0;
        }

        // Nothing waits, but a snapshot would be far behind.
        nudge();
    }

    // Among those that are there: a later input was dropped earlier.
    private void Insert(Run added)
    {
        var at = _runs.Count;
        while (at > _first && _runs[at - 1].To + 1 >= added.From)
        {
            at--;
        }

        var end = at;
        while (end < _runs.Count && _runs[end].From <= added.To + 1)
        {
            added = added.Join(_runs[end++]);
        }

        _runs.RemoveRange(at, end - at);
        _runs.Insert(at, added);
    }

    private void Forget(long upTo)
    {
        while (_first < _runs.Count && _runs[_first].To <= upTo)
        {
            _first++;
        }

        if (_first > FewForgotten && _first > _runs.Count / 2)
        {
            _runs.RemoveRange(0, _first);
            _first = 0;
        }
    }

    /// <summary>Dropped inputs, and the last of them whose position is known; 0 if none is.</summary>
    private readonly record struct Run(long From, long To, long Known, TPosition? Position)
    {
        public Run Join(in Run other) => new(
            Math.Min(From, other.From), Math.Max(To, other.To), Math.Max(Known, other.Known),
            other.Known > Known ? other.Position : Position);
    }
}
