namespace Rx.Connectors.Bridging;

/// <summary>What becomes of an item that comes in.</summary>
internal enum Room
{
    /// <summary>It is taken in.</summary>
    Made,

    /// <summary>It is taken in once the oldest that waits is dropped.</summary>
    MadeByOldest,

    /// <summary>Whoever sends it waits.</summary>
    Wait,

    /// <summary>It is dropped, or the source fails.</summary>
    Refused,
}

/// <summary>
/// How many items are in the bridge, and what becomes of one that finds it full (rule S6). Under the bridge's lock, but for
/// <see cref="Occupied"/>.
/// </summary>
/// <param name="settings">Checked options.</param>
/// <param name="pausable">Whether the feed stops by itself while there is no room. Then no item is ever refused.</param>
internal sealed class Admission(BridgeSettings settings, bool pausable)
{
    private volatile int _occupied;

    /// <summary>How many wait, or are held by an operator. Any thread may read it, without the lock.</summary>
    public int Occupied => _occupied;

    public long Dropped { get; private set; }

    public bool IsPausable => pausable;

    public bool HasRoom => _occupied < settings.Capacity;

    /// <summary>How many more there is room for.</summary>
    public int Left => settings.Capacity - _occupied;

    /// <summary>Whether so much is gone that those who wait are to go on: when a quarter is left, since each time costs two switches between
    /// threads; or below a full batch, since what waits then may be waiting for more.</summary>
    public bool HasMuchRoom => _occupied <= settings.Capacity / 4 || (HasRoom && _occupied < settings.MaxBatchSize);

    public void Enter(int count) => _occupied += count;

    public void Leave(int count) => _occupied -= count;

    public void Drop(long count) => Dropped += count;

    /// <summary>Whether one more may come in.</summary>
    /// <param name="inQueue">Whether it is to be queued, not to be held by an operator.</param>
    /// <param name="anyWaits">Whether any item waits that could be dropped for it.</param>
    /// <param name="error">Why the source must fail, where it is refused; or null.</param>
    public Room One(bool inQueue, bool anyWaits, out Exception? error)
    {
        error = null;
        if (pausable || HasRoom)
        {
            return Room.Made;
        }

        switch (settings.Overflow)
        {
            case OverflowPolicy.Block:
                return Room.Wait;
            case OverflowPolicy.DropWrite:
                Dropped++;
                return Room.Refused;
            case OverflowPolicy.DropOldest when anyWaits:
                return Room.MadeByOldest;
            case OverflowPolicy.DropOldest when inQueue:
                // It is older than what the operators hold, or it would not leave before.
                Dropped++;
                return Room.Refused;
            case OverflowPolicy.DropOldest:
                return Room.Wait;
            default:
                error = new BridgeOverflowException(settings.Capacity);
                return Room.Refused;
        }
    }

    /// <summary>Whether a batch has to wait for room.</summary>
    public bool MustWait(int batch) =>
        IsOver(batch) && settings.Overflow == OverflowPolicy.Block && batch <= settings.Capacity;

    /// <summary>How many items of a batch must go, and how many of those that wait, where the oldest are dropped.</summary>
    public (int OfBatch, int OfWaiting) Oldest(int batch, int waiting)
    {
        if (!IsOver(batch) || settings.Overflow != OverflowPolicy.DropOldest)
        {
            return (0, 0);
        }

        var ofBatch = Math.Max(0, batch - settings.Capacity);
        return (ofBatch, Math.Clamp(_occupied + batch - ofBatch - settings.Capacity, 0, waiting));
    }

    /// <summary>Whether one item of a batch may come in. If not, it is dropped, or the source fails.</summary>
    public bool TryOneOfBatch(out Exception? error)
    {
        error = null;
        if (pausable || HasRoom)
        {
            return true;
        }

        if (settings.Overflow is OverflowPolicy.DropWrite or OverflowPolicy.DropOldest)
        {
            Dropped++;
        }
        else
        {
            // Also where the policy is to block: a batch larger than the bridge would wait for ever.
            error = new BridgeOverflowException(settings.Capacity);
        }

        return false;
    }

    private bool IsOver(int batch) => !pausable && _occupied + batch > settings.Capacity;
}
