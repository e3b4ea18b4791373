namespace Rx.Connectors.Bridging;

/// <summary>
/// What is to be known of the items beside their values: it makes values and marks of them, and keeps the position. It is called
/// under the bridge's lock, except for <see cref="Follows"/>.
/// </summary>
/// <typeparam name="TItem">What comes in.</typeparam>
/// <typeparam name="T">What is handed out.</typeparam>
/// <typeparam name="TMark">What is kept of an item until it is handed out.</typeparam>
internal abstract class BatchLog<TItem, T, TMark>
{
    /// <summary>Whether a position could move on with the return of the thread that sends, and a poll is to be asked for then.</summary>
    public virtual bool IsAwaiting => false;

    /// <summary>The thread that sends has returned. True if a poll was to be asked for.</summary>
    public virtual bool Returned() => false;

    /// <summary>Whether, after what came in last, some items need no look under the lock.</summary>
    public virtual bool CanFollow => true;

    /// <summary>
    /// Without the lock, on the thread that sends: whether an item needs no look, since it is simply the next after the one that was
    /// taken in last on this thread. Then it is only told of with others, to <see cref="Followed"/>.
    /// </summary>
    public abstract bool Follows(in TItem item, in TMark last, out T value, out TMark mark);

    /// <summary>Items have followed.</summary>
    /// <param name="marks">What is kept of them, in order; empty where nothing is.</param>
    /// <param name="error">Why the source must fail, or null.</param>
    /// <returns>How many were in order.</returns>
    public virtual int Followed(ReadOnlySpan<TMark> marks, out Exception? error)
    {
        error = null;
        return marks.Length;
    }

    /// <summary>Looks at an item before it is queued, and may number it.</summary>
    /// <param name="item">The item.</param>
    /// <param name="value">What to hand out.</param>
    /// <param name="mark">What to keep of it.</param>
    /// <param name="error">Why the source must fail, or null.</param>
    /// <returns>Whether to queue the item.</returns>
    public abstract bool Accept(in TItem item, out T value, out TMark mark, out Exception? error);

    /// <summary>An item is dropped, as the overflow policy asks: it is neither accepted nor queued.</summary>
    public virtual void Refused(in TItem item)
    {
    }

    /// <summary>The source has failed, and no item is taken in any more.</summary>
    public virtual void Failed()
    {
    }

    /// <summary>The source has ended, and no item is taken in any more.</summary>
    /// <returns>Why this end is an error, or null.</returns>
    public virtual Exception? Completed() => null;

    /// <summary>A poll begins, before any item that was sent is looked at: what is read now is no newer than they are.</summary>
    public virtual void Polling()
    {
    }

    /// <summary>A batch is handed out.</summary>
    public virtual void HandedOut(ReadOnlySpan<TMark> marks)
    {
    }

    /// <summary>A poll ends, also one that found nothing.</summary>
    /// <param name="next">What is kept of the oldest item that still waits; none if none does.</param>
    public virtual void Polled(ReadOnlySpan<TMark> next)
    {
    }
}

/// <summary>Nothing beside the values.</summary>
internal sealed class ValueLog<T> : BatchLog<T, T, Unmarked>
{
    public override bool Follows(in T item, in Unmarked last, out T value, out Unmarked mark)
    {
        value = item;
        mark = default;
        return true;
    }

    public override bool Accept(in T item, out T value, out Unmarked mark, out Exception? error)
    {
        value = item;
        mark = default;
        error = null;
        return true;
    }
}
