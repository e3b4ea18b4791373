namespace Rx.Connectors.Bridging;

/// <summary>What a feed, and an operator that holds items, ask of the bridge: is there room?</summary>
internal interface IDemand
{
    bool HasRoom { get; }

    /// <summary>On a thread in a run: whether there is room, and more can go in without a look. Where not, <see cref="HasRoom"/> says more.</summary>
    RunCredit Credit { get; }

    /// <summary>Asks to be called once there is room. False if there is room now, or never again.</summary>
    bool PauseUntilRoom(Action resume);

    /// <summary>Which threads are where in the bridge.</summary>
    CallingThreads Threads { get; }

    /// <summary>Nothing is taken in any more.</summary>
    bool HasEnded { get; }

    /// <summary>How long a client is waited for that was told to stop, and does not come back from a call.</summary>
    TimeSpan StopTimeout { get; }

    /// <summary>
    /// Called where an item comes after the end. It throws out of what may send for ever: of a query that makes items without end of one
    /// input, to the sender of that, and, after a good many, of a client that does not come back from <c>Subscribe</c>.
    /// </summary>
    /// <exception cref="OperationCanceledException">Where the library catches it.</exception>
    void TurnAway();

    /// <summary>This thread goes on to send, one after the other and without waiting in between, what it has at once.</summary>
    void BeginRun();

    /// <summary>This thread is about to do something else, or to wait.</summary>
    void EndRun();

    /// <summary>Counts an item that an operator holds inside the query. False if it must be let go.</summary>
    bool Hold(IHolder holder);

    void Release();
}
