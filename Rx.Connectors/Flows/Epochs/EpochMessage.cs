namespace Rx.Connectors.Flows;

/// <summary>What an <see cref="EpochCoordinator"/> is told.</summary>
internal enum EpochMessage
{
    /// <summary>A worker has built what it begins with.</summary>
    Opened,

    /// <summary>An epoch is to be closed.</summary>
    Asked,

    /// <summary>All sources are complete: the next epoch is the last.</summary>
    Completed,

    /// <summary>The run is to stop: the next epoch is the last.</summary>
    Stopped,

    /// <summary>All that a worker has polled is written.</summary>
    Drained,

    /// <summary>A worker has captured its partitions, and nothing of them has changed.</summary>
    CapturedNothing,

    /// <summary>A worker has captured its partitions, and there is something to flush or to store.</summary>
    Captured,

    /// <summary>What was written is durable.</summary>
    Flushed,

    /// <summary>The positions are committed.</summary>
    Stored,

    /// <summary>A worker has told its partitions of the commit.</summary>
    Heard,

    /// <summary>A sink partition is not written to before its first position is stored.</summary>
    FirstPosition,

    /// <summary>Those first positions are stored that were to be.</summary>
    FirstPositionsStored,

    /// <summary>The run has ended otherwise: it has failed, or was aborted.</summary>
    RunEnded,
}

/// <summary>What is to be done next; an <see cref="EpochCoordinator"/> says so.</summary>
internal enum EpochOrder
{
    /// <summary>Nothing, for now.</summary>
    None,

    /// <summary>The workers poll, who have not since.</summary>
    Poll,

    /// <summary>The workers stop polling, and what is on its way is written.</summary>
    Drain,

    /// <summary>The workers capture their partitions, and poll on.</summary>
    Capture,

    /// <summary>What the captured positions cover becomes durable.</summary>
    Flush,

    /// <summary>The captured positions are committed.</summary>
    Store,

    /// <summary>Who asked for the epoch is answered, and the workers tell their partitions.</summary>
    Tell,

    /// <summary>First positions are stored.</summary>
    StoreFirstPositions,

    /// <summary>The last epoch is over, and so is the run.</summary>
    End,

    /// <summary>The run ends before it was open: nothing was polled.</summary>
    GiveUp,
}
