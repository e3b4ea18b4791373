namespace Rx.Connectors.Bridging;

/// <summary>What a feed, and an operator that holds items, ask of the bridge: is there room?</summary>
internal interface IDemand
{
    bool HasRoom { get; }

    /// <summary>For the thread that sends: while it has credit there is room.</summary>
    Grant Grant { get; }

    /// <summary>
    /// This thread sends from now on, and no other, until <see cref="EndRun"/>; what leaves the query on it may take the short way
    /// into the bridge.
    /// </summary>
    void BeginRun();

    /// <summary>The run is over: the thread waits, or lets another one in.</summary>
    void EndRun();

    /// <summary>To be called after a run and, where runs are short, a full fence: the last item may have missed a poll.</summary>
    void AfterRun();

    /// <summary>Asks to be called once there is room. False if there is room now, or never again.</summary>
    bool PauseUntilRoom(Action resume);

    /// <summary>Nothing is taken in any more.</summary>
    bool HasEnded { get; }

    /// <summary>Counts an item that an operator holds inside the query. False if it must be let go.</summary>
    bool Hold();

    void Release();
}
