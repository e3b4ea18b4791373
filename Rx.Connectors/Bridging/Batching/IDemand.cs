namespace Rx.Connectors.Bridging;

/// <summary>What a feed, and an operator that holds items, ask of the bridge: is there room?</summary>
internal interface IDemand
{
    bool HasRoom { get; }

    /// <summary>Asks to be called once there is room. False if there is room now, or never again.</summary>
    bool PauseUntilRoom(Action resume);

    /// <summary>Nothing is taken in any more.</summary>
    bool HasEnded { get; }

    /// <summary>Counts an item that an operator holds inside the query. False if it must be let go.</summary>
    bool Hold();

    void Release();
}
