namespace Rx.Connectors.Bridging;

/// <summary>
/// What has gone in and not come out when something later does, is dropped. What has not gone in is not meant: it may be held before.
/// </summary>
internal sealed class GapRun<T, TPosition, TResult>(IObserver<Positioned<TResult, TPosition>> outside)
    : DeclaredRun<T, TPosition, TResult>(outside)
{
    private const int FewPassed = 16;

    private readonly List<Entered> _inside = [];
    private int _first;
    private Positioned<T, TPosition> _last;
    private bool _isAtEnd;

    protected override void Enter(Positioned<T, TPosition> value)
    {
        var lineage = value.Trace as Lineage;
        var newest = _first < _inside.Count ? _inside[^1] : default;
        if (newest.To > 0 && newest.Lineage == lineage && (lineage is null ? value.Entry == newest.To + 1 : value.Entry == newest.To))
        {
            _inside[^1] = newest with { To = value.Entry, Parts = newest.Parts + 1 };
        }
        else if (value.Entry > _last.Entry)
        {
            _inside.Add(new Entered(value.Entry, value.Entry, lineage, 1));
        }

        _last = value.Entry > _last.Entry ? value : _last;
        Inside.OnNext(value);
    }

    protected override void Leave(Positioned<TResult, TPosition> value)
    {
        var lineage = value.Trace as Lineage;
        if (value.Passage is { } passage)
        {
            DropBefore(passage, value.Entry, lineage?.Gathered?.Inputs ?? []);
        }

        if (_first < _inside.Count && _inside[_first] is var first && first.From == value.Entry)
        {
            if (first.Lineage is null)
            {
                // It went in whole, so that what becomes of its parts is decided here.
                lineage?.Loosen();
                Replace(first with { From = first.From + 1 });
            }
            else
            {
                _inside[_first] = first with { Parts = first.Parts - 1 };
            }
        }

        Outside.OnNext(value);
    }

    protected override void EndOfSource()
    {
        _isAtEnd = true;
        base.EndOfSource();
    }

    protected override void End()
    {
        // Operators that end before their source leave the rest unread.
        if (_isAtEnd && _last.Passage is { } passage)
        {
            DropBefore(passage, _last.Entry, []);
            if (_first < _inside.Count && _inside[_first].Lineage is null)
            {
                _last.Discard();
            }
            else if (_first < _inside.Count)
            {
                DropParts(passage, _inside[_first]);
            }
        }

        Outside.OnCompleted();
    }

    private static void DropParts(QueryPassage passage, Entered entered)
    {
        if (entered.Parts > 0 && entered.Lineage!.Drop(entered.Parts) && (entered.Lineage.Gathered?.Drop(passage) ?? true))
        {
            passage.Dropped(entered.To, entered.To);
        }
    }

    private static void Drop(QueryPassage passage, long from, long to, ReadOnlySpan<InputRange> others)
    {
        foreach (var range in others)
        {
            passage.Dropped(from, Math.Min(range.From - 1, to));
            from = Math.Max(from, range.To + 1);
        }

        passage.Dropped(from, to);
    }

    private static bool Contains(ReadOnlySpan<InputRange> inputs, long entry)
    {
        foreach (var range in inputs)
        {
            if (range.From <= entry && entry <= range.To)
            {
                return true;
            }
        }

        return false;
    }

    // All but the inputs of the value that leaves.
    private void DropBefore(QueryPassage passage, long entry, ReadOnlySpan<InputRange> inputs)
    {
        while (_first < _inside.Count && _inside[_first] is var first && first.From < entry)
        {
            if (first.Lineage is null)
            {
                Drop(passage, first.From, Math.Min(first.To, entry - 1), inputs);
            }
            else if (!Contains(inputs, first.From))
            {
                DropParts(passage, first);
            }

            Replace(first with { From = Math.Min(first.To + 1, entry) });
        }
    }

    private void Replace(Entered first)
    {
        _inside[_first] = first;
        _first += first.From > first.To ? 1 : 0;
        if (_first > FewPassed && _first > _inside.Count / 2)
        {
            _inside.RemoveRange(0, _first);
            _first = 0;
        }
    }

    /// <summary>Inputs that went in one after the other, or the parts of one.</summary>
    private readonly record struct Entered(long From, long To, Lineage? Lineage, int Parts);
}
