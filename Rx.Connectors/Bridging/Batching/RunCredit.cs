namespace Rx.Connectors.Bridging;

/// <summary>
/// How many places of the open batch are filled, and up to where the thread that is in a run may fill them without the lock. A class of its own
/// without type parameters, for it is looked at for every item, and by those who do not know what the items are.
/// </summary>
internal sealed class RunCredit
{
    private int _filled;
    private int _limit;
    private volatile bool _hasEnded;

    /// <summary>Whether the running thread may fill another. Only for that thread, which may see one that was just ended, once.</summary>
    public bool IsLeft => _filled < Volatile.Read(ref _limit);

    /// <summary>How many are filled. It is written by the running thread, or, while there is none, under the lock.</summary>
    public int Filled
    {
        get => Volatile.Read(ref _filled);
        set => Volatile.Write(ref _filled, value);
    }

    /// <summary>Whether nothing is taken in any more. Then there is no credit, either.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>Under the lock: gives credit, or, with 0, ends it.</summary>
    public void LimitTo(int limit) => Volatile.Write(ref _limit, limit);

    /// <summary>Under the lock.</summary>
    public void EndAll()
    {
        _hasEnded = true;
        LimitTo(0);
    }
}
