namespace Rx.Connectors.Bridging;

/// <summary>
/// Of values that are not simply one input: the parts of one, of which it counts those inside the query, or one that stands for
/// several inputs. Any thread may use it.
/// </summary>
internal sealed class Lineage : QueryTrace
{
    private readonly Lock _gate = new();
    private int _open = 1;
    private bool _hasLeft;
    private volatile bool _isLoose;

    public Lineage(QueryPassage passage, Gathered? gathered = null)
    {
        Passage = passage;
        Gathered = gathered;
    }

    /// <summary>The inputs that the value, or what it was split into, stands for; null for those of a single input.</summary>
    public Gathered? Gathered { get; }

    /// <summary>Whether everything made of the input has left the query, or was dropped.</summary>
    public bool IsOver
    {
        get
        {
            lock (_gate)
            {
                return _open <= 0;
            }
        }
    }

    /// <summary>Whether it was declared that what is missing when a later input leaves is dropped.</summary>
    public bool IsLoose => _isLoose;

    public void Loosen() => _isLoose = true;

    /// <summary>One part becomes one more.</summary>
    public void Add()
    {
        lock (_gate)
        {
            _open++;
        }
    }

    /// <summary>A part has left. False if all of them were out before.</summary>
    public bool Leave()
    {
        lock (_gate)
        {
            _hasLeft = true;
            return --_open >= 0;
        }
    }

    /// <summary>Parts are dropped. True if they were the last, so that the input is accounted for.</summary>
    public bool Drop(int count)
    {
        lock (_gate)
        {
            _open -= count;
            return _open == 0;
        }
    }

    /// <summary>Parts leave in another value. True if they are all that there was of the input: else no position could be in between.</summary>
    public bool LeaveGathered(int count)
    {
        lock (_gate)
        {
            _open -= count;
            return _open == 0 && !_hasLeft;
        }
    }
}
