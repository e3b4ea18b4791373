namespace Rx.Connectors.Bridging;

/// <summary>The operators of a query that hold items, where the oldest of them may have to be dropped. Under the bridge's lock.</summary>
internal sealed class Holders
{
    private readonly List<IHolder> _all = [];

    public void Add(IHolder holder)
    {
        if (!_all.Contains(holder))
        {
            _all.RemoveAll(static one => one.IsOver);
            _all.Add(holder);
        }
    }

    public IHolder[] Copy() => [.. _all];

    /// <summary>Drops the oldest item that any of them holds; outside of the lock. False if another thread was quicker, or none is held.</summary>
    public static bool TryDropOldest(IHolder[] holders, out bool nothingHeld)
    {
        var oldest = holders.Where(static one => one.Oldest is not null).MinBy(static one => one.Oldest);
        nothingHeld = oldest is null;
        return oldest?.TryDropOldest() == true;
    }
}
