namespace Rx.Connectors.Races;

/// <summary>
/// The order in which participants get their turns, as a row of decisions: the ones to repeat, and then the first choice each time.
/// All orders with at most so many interruptions of somebody who could have gone on come one after the other.
/// </summary>
internal sealed class Order(int mostInterruptions)
{
    private readonly List<(int Chosen, int Of)> _decisions = [];
    private int _next;
    private int _interruptions;

    public int Choose(int count, bool isInterruption)
    {
        if (count == 1 || (isInterruption && _interruptions == mostInterruptions))
        {
            return 0;
        }

        if (_next == _decisions.Count)
        {
            _decisions.Add((0, count));
        }

        var chosen = _decisions[_next++].Chosen;
        if (chosen >= count)
        {
            throw new InvalidOperationException("The race does not repeat: something in it does not depend on the order alone.");
        }

        _interruptions += isInterruption && chosen > 0 ? 1 : 0;
        return chosen;
    }

    /// <summary>Goes on to the next order. False if there is none.</summary>
    public bool MoveNext()
    {
        _decisions.RemoveRange(_next, _decisions.Count - _next);
        while (_decisions.Count > 0 && _decisions[^1].Chosen == _decisions[^1].Of - 1)
        {
            _decisions.RemoveAt(_decisions.Count - 1);
        }

        (_next, _interruptions) = (0, 0);
        if (_decisions.Count == 0)
        {
            return false;
        }

        _decisions[^1] = (_decisions[^1].Chosen + 1, _decisions[^1].Of);
        return true;
    }
}
