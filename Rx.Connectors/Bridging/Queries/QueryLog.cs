using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <summary>
/// Knows the position behind a query: which inputs have left it, in which order, and how far what left was handed out. All
/// members are called under the buffer's lock.
/// </summary>
internal sealed class QueryLog<T, TState>
{
    private readonly QueryPassage _passage;
    private readonly DroppedRun<TState> _dropped;
    private readonly long _cutEntry;
    private readonly int _cutParts;

    // The last item that left the query, handed out or not.
    private Left<T, TState> _left;

    // The last item handed out, and the last input before it of which nothing is missing.
    private Left<T, TState> _out;
    private ResumeState<TState> _base;
    private long _baseEntry;

    // As of the beginning of the poll.
    private DroppedRun<TState>.Run _droppedRun;
    private long _sending;

    public QueryLog(QueryPassage passage, DroppedRun<TState> dropped, ResumeState<QueryPosition<TState>> resumeState)
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

    public bool Accept(in Positioned<T, TState> item, out Left<T, TState> left, out Exception? error)
    {
        left = item.Leave();
        error = Check(item);
        return error is null && Number(ref left);
    }

    public void Failed() => _passage.Break();

    /// <summary>
    /// Reads how far the query is, in this order and before the items that have left it are looked at: of what is over by now,
    /// nothing can leave any more.
    /// </summary>
    public void Polling()
    {
        _droppedRun = _dropped.Read();
        _sending = _passage.Current;
    }

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
        if (_out.Entry > _baseEntry && IsWhole(_out) && (rest.Count == 0 || rest.Peek().Entry != _out.Entry))
        {
            MoveTo(_out);
        }

        var nothingInside = rest.Count == 0 && (_left.Entry == 0 || IsWhole(_left));
        // What is being sent may have been dropped in part, by a query that splits without saying so.
        if (nothingInside && _droppedRun.Follows(_left.Entry) && _droppedRun.To > _baseEntry && !IsSending(_droppedRun.To))
        {
            _base = _droppedRun.Position!;
            _baseEntry = _droppedRun.To;
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

        if (item.Entry < _left.Entry)
        {
            return PositionOrderException.Overtaken(item.Position, _left.Position);
        }

        var again = item.Entry == _left.Entry && _left.Mark != PartMark.Followed && !_passage.IsSendingHere(item.Entry);
        var passed = item.Entry <= _baseEntry;
        return again || passed ? PositionOrderException.Twice(item.Position) : null;
    }

    private bool IsWhole(in Left<T, TState> item) =>
        item.Mark != PartMark.Followed && !IsSending(item.Entry);

    private bool IsSending(long entry) => entry == _sending || entry == _passage.Broken;

    private void MoveTo(in Left<T, TState> item)
    {
        if (item.Entry > _baseEntry)
        {
            _base = item.Position;
            _baseEntry = item.Entry;
        }
    }
}
