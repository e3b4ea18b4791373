namespace Rx.Connectors.Bridging;

/// <summary>
/// A thread on which clients are subscribed to. One that does not come back from <c>Subscribe</c> keeps its thread, and nobody
/// else's; one that does leaves it to the next, so that thousands of partitions need one.
/// </summary>
internal sealed class ConnectingThread
{
    private const int IdleMilliseconds = 1_000;

    private static ConnectingThread? _idle;

    private readonly SemaphoreSlim _handedOver = new(0);
    private Action? _work;

    /// <summary>Runs what must not throw.</summary>
    public static void Run(Action work)
    {
        if (Interlocked.Exchange(ref _idle, null) is { } idle)
        {
            idle._work = work;
            idle._handedOver.Release();
            return;
        }

        var thread = new Thread(new ConnectingThread { _work = work }.Loop) { Name = "bridge, subscribing", IsBackground = true };
        // Nothing of whoever came first is to be found by the others.
        thread.UnsafeStart();
    }

    private void Loop()
    {
        do
        {
            _work!();
            _work = null;
        }
        while (Interlocked.CompareExchange(ref _idle, this, null) is null && IsNeededAgain());
    }

    private bool IsNeededAgain()
    {
        if (_handedOver.Wait(IdleMilliseconds))
        {
            return true;
        }

        if (Interlocked.CompareExchange(ref _idle, null, this) == this)
        {
            return false;
        }

        // Somebody was quicker, and is about to say so.
        _handedOver.Wait();
        return true;
    }
}
