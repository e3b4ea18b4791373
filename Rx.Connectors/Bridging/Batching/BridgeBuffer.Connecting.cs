namespace Rx.Connectors.Bridging;

/// <content>The thread that is inside the client's <c>Subscribe</c>, and items that come after the end.</content>
internal sealed partial class BridgeBuffer<TItem, TQueued>
{
    // A client that comes back from Subscribe gives its connection to be closed: it is not thrown out of for its last few items.
    private const int LateInSubscribe = 1_000;

    private readonly bool _pollsOnOneThread;
    private int _connectingThread = NoThread;
    private Action? _connectingWaits;
    private int _late;

    private bool WouldWaitForItself => Environment.CurrentManagedThreadId is var thread &&
        ((thread == _connectingThread && _connectingWaits is null) || (thread == _pollingThread && _pollsOnOneThread));

    /// <summary>This thread goes into the client's <c>Subscribe</c>.</summary>
    /// <param name="waits">Called when it is held up there for room; null if it is the thread that polls, and cannot be.</param>
    public void BeginConnecting(Action? waits)
    {
        _connectingWaits = waits;
        _connectingThread = Environment.CurrentManagedThreadId;
    }

    public void EndConnecting()
    {
        _connectingThread = NoThread;
        _connectingWaits = null;
    }

    public void TurnAway()
    {
        if (QueryRun.IsIn(this) || (Environment.CurrentManagedThreadId == _connectingThread && ++_late > LateInSubscribe))
        {
            throw new OperationCanceledException("The partition has ended, or was closed, and takes nothing more.");
        }
    }

    private void TellConnecting()
    {
        if (Environment.CurrentManagedThreadId == _connectingThread)
        {
            _connectingWaits?.Invoke();
        }
    }
}
