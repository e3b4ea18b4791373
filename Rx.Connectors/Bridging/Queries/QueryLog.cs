using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <summary>
/// Knows the position behind a query: which inputs have left it, in which order, and how far what left was handed out. An item leaves
/// only when every input before it is accounted for (rule S13). All members but <see cref="TryPass"/> are called under the buffer's
/// lock.
/// </summary>
internal sealed class QueryLog<T, TState>
{
    private readonly QueryPassage _passage;
    private readonly DropLog<TState> _dropped;
    private readonly long _cutEntry;
    private readonly int _cutParts;

    // The last item that left the query, handed out or not, and what is known of its siblings.
    private Left<T, TState> _left;
    private Lineage? _lineage;

    // The last item handed out, and the last input before it of which nothing is missing.
    private Left<T, TState> _out;
    private ResumeState<TState> _base;
    private long _baseEntry;

    // As of the beginning of the poll: of what was sent later, more may come.
    private long _sentThrough;

    // How many items have passed without the lock, and how many of them have come to this log.
    private long _passed;
    private long _arrived;

    public QueryLog(QueryPassage passage, DropLog<TState> dropped, ResumeState<QueryPosition<TState>> resumeState)
    {
        _passage = passage;
        _dropped = dropped;
        Position = resumeState;
        if (resumeState.TryGetValue(out var resume))
        {
            _base = resume.Position;
            _cutEntry = resume.Inputs;
            _cutParts = resume.Parts;
        }
    }

    /// <summary>The position after the last poll.</summary>
    public ResumeState<QueryPosition<TState>> Position { get; private set; }

    /// <summary>
    /// Whether an item leaves from within the call that has sent its input in, next after all that is accounted for. On that call's
    /// thread.
    /// </summary>
    public bool TryPass(in Positioned<T, TState> item, out Left<T, TState> left)
    {
        left = item.Leave();
        if (item.Trace != _passage || _passage.Current != item.Entry || item.Entry > _passage.Through + 1 || item.HasOwnPosition)
        {
            return false;
        }

        _passage.Through = item.Entry;
        Volatile.Write(ref _passed, _passed + 1);
        return true;
    }

    public int Accept(Span<Left<T, TState>> items)
    {
        _lineage = null;
        _arrived += items.Length;
        if (items[0].Entry > _cutEntry)
        {
            Number(items);
            return items.Length;
        }

        var kept = 0;
        foreach (ref var item in items)
        {
            if (Number(ref item))
            {
                items[kept++] = item;
            }
        }

        return kept;
    }

    public bool Accept(in Positioned<T, TState> item, out Left<T, TState> left, out Exception? error)
    {
        left = item.Leave();
        var follows = item.Trace == _passage && item.Entry == _left.Entry + 1 && _lineage is null && item.Entry > _baseEntry;
        error = follows && !item.HasOwnPosition ? null : Check(item);
        if (error is not null)
        {
            return false;
        }

        // A value beside the parts of the same input says nothing of them.
        _lineage = item.Trace as Lineage ?? (item.Entry == _left.Entry ? _lineage : null);
        if (_passage.IsSendingHere(item.Entry))
        {
            // All that this thread let pass has been moved on before.
            _arrived = _passed;
            _passage.Through = IsOver ? item.Entry : _passage.Through;
        }

        return Number(ref left);
    }

    public void Failed() => _passage.Break();

    /// <summary>The query has ended. Why that is an error: an input is missing, though the client has ended before.</summary>
    public Exception? Completed()
    {
        var isWhole = _passage.Last is not { } last || ((IsOver || _lineage!.IsLoose) && _dropped.Covers(_left.Entry, last + 1, []));
        return isWhole ? null : PositionOrderException.Missing(LastAccounted);
    }

    /// <summary>
    /// Reads how far the query is, before the items that have left it are looked at: of what is over by now, nothing can leave any
    /// more.
    /// </summary>
    public void Polling() => _sentThrough = _passage.SentThrough;

    public void HandedOut(ReadOnlySpan<Left<T, TState>> items)
    {
        var last = items[^1];
        var before = items.Length - 2;
        while (before >= 0 && items[before].Entry == last.Entry)
        {
            before--;
        }

        if (before >= 0)
        {
            MoveTo(items[before]);
        }
        else if (_out.Entry != last.Entry && _out.Entry > 0)
        {
            MoveTo(_out);
        }

        _out = last;
    }

    public void Polled(RingQueue<Left<T, TState>> rest)
    {
        if (_out.Entry > _sentThrough && rest.Count == 0)
        {
            AwaitSent();
        }

        if (_out.Entry > _baseEntry && IsWhole(_out.Entry) && (rest.Count == 0 || rest.Peek().Entry != _out.Entry))
        {
            MoveTo(_out);
        }

        // What was dropped has ended; so has, before it, what left.
        if (rest.Count == 0 && IsWhole(_left.Entry) && _dropped.TryFollow(_left.Entry, out var to, out var position) && to > _baseEntry)
        {
            _base = position;
            _baseEntry = to;
        }

        if (_out.Entry > _baseEntry)
        {
            Position = new QueryPosition<TState>(_base, _out.Entry - _baseEntry, _out.Part);
        }
        else if (_cutEntry > _baseEntry)
        {
            // Still before the input that the run before this one was cut in.
            Position = new QueryPosition<TState>(_base, _cutEntry - _baseEntry, _cutParts);
        }
        else if (_baseEntry > 0)
        {
            Position = new QueryPosition<TState>(_base, 0, 0);
        }
    }

    private bool IsOver => _lineage is null || _lineage.IsOver;

    private object? LastAccounted => _left.Entry > 0 ? _left.Position : _base.TryGetValue(out var before) ? before : null;

    // The last item was taken so fast that its sender is not back yet. When it is, it asks for a poll, or it is by now.
    private void AwaitSent()
    {
        _passage.AwaitSent();
        var sent = _passage.SentThrough;
        _sentThrough = Volatile.Read(ref _passed) == _arrived ? sent : _sentThrough;
    }

    private void Number(Span<Left<T, TState>> items)
    {
        var (entry, part) = (_left.Entry, _left.Part);
        foreach (ref var item in items)
        {
            part = item.Entry == entry ? part + 1 : 1;
            entry = item.Entry;
            if (part > 1)
            {
                item = item with { Part = part };
            }
        }

        _left = items[^1];
    }

    // Gives it its number among the outputs of its input. False if it was handed out before.
    private bool Number(ref Left<T, TState> item)
    {
        var nothingYet = _left.Entry == 0 || _left.Entry == _cutEntry;
        item = item with { Part = item.Entry == _left.Entry ? _left.Part + 1 : 1 };
        _left = item;
        if (item.Entry != _cutEntry || item.Part > _cutParts)
        {
            return true;
        }

        // After a restart, what was handed out of the input that was cut comes out once more. It counts as handed out, so that
        // the position moves past this input when a later one is.
        _out = nothingYet ? item with { Part = _cutParts } : _out;
        return false;
    }

    private PositionOrderException? Check(in Positioned<T, TState> item)
    {
        if (item.Passage != _passage)
        {
            return PositionOrderException.Foreign(item.Position);
        }

        if (item.HasOwnPosition && typeof(TState) == _passage.ClientPosition)
        {
            return PositionOrderException.Own(item.Position, null);
        }

        var lineage = item.Trace as Lineage;
        if (item.Entry > _left.Entry && item.Entry > _baseEntry)
        {
            return CheckNext(item, lineage);
        }

        var isMore = item.Entry == _left.Entry && item.Entry > _baseEntry &&
            (_passage.IsSendingHere(item.Entry) || (lineage is not null && lineage == _lineage && !lineage.IsOver));
        lineage?.Leave();
        return isMore ? null
            : item.Entry < _left.Entry && _dropped.IsUsed
                ? PositionOrderException.Overtaken(item.Position, _left.Position)
                : PositionOrderException.Twice(item.Position);
    }

    private PositionOrderException? CheckNext(in Positioned<T, TState> item, Lineage? lineage)
    {
        if (!IsOver && !_lineage!.IsLoose)
        {
            return PositionOrderException.PartMissing(item.Position, LastAccounted);
        }

        var inputs = lineage?.Gathered?.Inputs ?? [];
        if (inputs.Length > 0 && inputs[0].From <= Math.Max(_left.Entry, _baseEntry))
        {
            return PositionOrderException.GatheredTwice(item.Position, LastAccounted);
        }

        if (!_dropped.Covers(_left.Entry, item.Entry, inputs))
        {
            return inputs.Length > 0 ? PositionOrderException.MissingBeforeGathered(item.Position, LastAccounted)
                : PositionOrderException.MissingBefore(item.Position, LastAccounted, _passage.IsSendingHere(item.Entry));
        }

        lineage?.Leave();
        return lineage?.Gathered?.Leave() ?? true ? null : PositionOrderException.PartGathered(item.Position);
    }

    private bool IsWhole(long entry) =>
        entry <= _sentThrough && (entry == 0 || entry != _passage.Broken) && (entry < _left.Entry || IsOver);

    private void MoveTo(in Left<T, TState> item)
    {
        if (item.Entry > _baseEntry)
        {
            _base = item.Position;
            _baseEntry = item.Entry;
        }
    }
}
