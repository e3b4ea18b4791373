namespace Rx.Connectors.Flows;

/// <summary>Counts what may still have items: source partitions, and sources that may have more of them. From any thread.</summary>
/// <param name="workers">Until it is open each worker counts, too, so that a run cannot be complete before it has begun.</param>
/// <param name="complete">Is told when the last one is complete.</param>
internal sealed class OpenSources(int workers, Action complete)
{
    private int _open = workers;

    /// <summary>One more.</summary>
    public void Enter() => Interlocked.Increment(ref _open);

    /// <summary>One of them is complete.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _open) == 0)
        {
            complete();
        }
    }
}
