using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <summary>
/// Knows the position behind a query: which inputs have left it, in which order, and how far what left was handed out. An item leaves
/// only when every input before it is accounted for (rule S13).
/// </summary>
internal sealed class QueryLog<T, TPosition> : BatchLog<Positioned<T, TPosition>, T, Mark<TPosition>>
{
    private readonly QueryPassage _passage;
    private readonly DropLog<TPosition> _dropped;
    private readonly MemoryLog _memory;
    private readonly long _cutEntry;
    private readonly int _cutParts;

    // The last item that left the query, handed out or not, and what is known of its siblings.
    private Mark<TPosition> _left;
    private Lineage? _lineage;

    // The last item handed out, and the last input before it of which nothing is missing.
    private Mark<TPosition> _out;
    private ResumeState<TPosition> _base;
    private long _baseEntry;

    // As of the beginning of the poll: of what was sent later, more may come.
    private long _sentThrough;

    public QueryLog(QueryPassage passage, DropLog<TPosition> dropped, ResumeState<TPosition> resumeState)
    {
        _passage = passage;
        _dropped = dropped;
        _memory = passage.Memory;
        Position = resumeState;
        _base = new ResumeState<TPosition>(resumeState, null);
        if (resumeState.Rest is { } rest)
        {
            _cutEntry = rest.Input;
            _cutParts = rest.Parts;
        }
    }

    /// <summary>The position after the last poll.</summary>
    public ResumeState<TPosition> Position { get; private set; }

    public override bool IsAwaiting => _passage.IsAwaited;

    // Not after one that was split, nor while it is not sure that it was not handed out before the restart.
    public override bool CanFollow => _lineage is null && _left.Entry >= _cutEntry;

    public override bool Returned() => _passage.TakeAwaited();

    public override bool Follows(in Positioned<T, TPosition> item, in Mark<TPosition> last, out T value, out Mark<TPosition> mark)
    {
        value = item.Value;
        mark = item.Leave();
        return item.Trace == _passage && item.Entry == last.Entry + 1;
    }

    public override int Followed(ReadOnlySpan<Mark<TPosition>> marks, out Exception? error)
    {
        error = null;
        if (CanFollow && marks[0].Entry == _left.Entry + 1 && marks[0].Entry > _baseEntry)
        {
            _left = marks[^1];
            return marks.Length;
        }

        // Another thread has let something out at the same time.
        var followed = 0;
        for (; followed < marks.Length && error is null; followed++)
        {
            error = CheckFollower(marks[followed]);
        }

        return error is null ? followed : followed - 1;
    }

    public override bool Accept(in Positioned<T, TPosition> item, out T value, out Mark<TPosition> left, out Exception? error)
    {
        value = item.Value;
        left = item.Leave();
        var follows = item.Trace == _passage && item.Entry == _left.Entry + 1 && _lineage is null && item.Entry > _baseEntry;
        error = follows ? null : Check(item);
        if (error is not null)
        {
            return false;
        }

        // A value beside the parts of the same input says nothing of them.
        _lineage = item.Trace as Lineage ?? (item.Entry == _left.Entry ? _lineage : null);
        return Number(ref left);
    }

    public override void Refused(in Positioned<T, TPosition> item) => item.DropSilently();

    public override void Failed() => _passage.Break();

    /// <summary>The query has ended. Why that is an error: an input is missing, though the client has ended before.</summary>
    public override Exception? Completed()
    {
        var isWhole = _passage.Last is not { } last || ((IsOver || _lineage!.IsLoose) && _dropped.Covers(_left.Entry, last + 1, []));
        return isWhole ? null : PositionOrderException.Missing(LastAccounted);
    }

    /// <summary>Reads how far the query is: of what is over by now, everything has left.</summary>
    public override void Polling() => _sentThrough = _passage.SentThrough;

    public override void HandedOut(ReadOnlySpan<Mark<TPosition>> items)
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

    public override void Polled(ReadOnlySpan<Mark<TPosition>> next)
    {
        if (_out.Entry > _sentThrough && next.IsEmpty)
        {
            // Taken so fast that its sender is not back yet. When it is, it asks for a poll, or it is by now.
            _passage.AwaitSent();
            _sentThrough = Math.Max(_sentThrough, Math.Min(_passage.SentThrough, _out.Entry));
        }

        if (_passage.IsAwaited && _out.Entry <= _passage.SentThrough)
        {
            // It is back, and may have been so before it could see that it was awaited.
            _passage.TakeAwaited();
        }

        if (_out.Entry > _baseEntry && IsWhole(_out.Entry) && (next.IsEmpty || next[0].Entry != _out.Entry))
        {
            MoveTo(_out);
        }

        // What was dropped has ended; so has, before it, what left.
        if (next.IsEmpty && IsWhole(_left.Entry) && _dropped.TryFollow(_left.Entry, out var to, out var position) && to > _baseEntry)
        {
            _memory.MoveTo(to);
            _base = position;
            _baseEntry = to;
        }

        if (_out.Entry > _baseEntry)
        {
            Position = At(_out.Entry - _baseEntry, _out.Part);
        }
        else if (_cutEntry > _baseEntry)
        {
            // Still before the input that the run before this one was cut in.
            Position = At(_cutEntry - _baseEntry, _cutParts);
        }
        else if (_baseEntry > 0)
        {
            Position = At(0, 0);
        }
    }

    private ResumeState<TPosition> At(long input, int parts) => new(
        _base, input == 0 && _memory.Current.Count == 0 ? null : new QueryRest(input, parts, _memory.Current));

    private bool IsOver => _lineage is null || _lineage.IsOver;

    private object? LastAccounted => _left.Entry > 0 ? _left.Position : _base.TryGetValue(out var before) ? before : null;

    // Gives it its number among the outputs of its input. False if it was handed out before.
    private bool Number(ref Mark<TPosition> item)
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

    private PositionOrderException? Check(in Positioned<T, TPosition> item)
    {
        if (item.Passage != _passage)
        {
            return PositionOrderException.Foreign(item.Position);
        }

        var lineage = item.Trace as Lineage;
        if (item.Entry > _left.Entry && item.Entry > _baseEntry)
        {
            return CheckNext(item.Leave(), lineage);
        }

        var isMore = item.Entry == _left.Entry && item.Entry > _baseEntry &&
            (_passage.IsSendingHere(item.Entry) || (lineage is not null && lineage == _lineage && !lineage.IsOver));
        lineage?.Leave();
        return isMore ? null
            : item.Entry < _left.Entry && _dropped.IsUsed
                ? PositionOrderException.Overtaken(item.Position, _left.Position)
                : PositionOrderException.Twice(item.Position);
    }

    private PositionOrderException? CheckFollower(in Mark<TPosition> mark)
    {
        var error = mark.Entry > _left.Entry && mark.Entry > _baseEntry
            ? CheckNext(mark, null)
            : mark.Entry < _left.Entry && _dropped.IsUsed
                ? PositionOrderException.Overtaken(mark.Position, _left.Position) : PositionOrderException.Twice(mark.Position);
        (_left, _lineage) = error is null ? (mark, null) : (_left, _lineage);
        return error;
    }

    private PositionOrderException? CheckNext(in Mark<TPosition> item, Lineage? lineage)
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

    private void MoveTo(in Mark<TPosition> item)
    {
        if (item.Entry > _baseEntry)
        {
            _memory.MoveTo(item.Entry);
            _base = item.Position;
            _baseEntry = item.Entry;
        }
    }
}
