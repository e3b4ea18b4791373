namespace Rx.Connectors.Sources;

/// <summary>
/// A source partition that gives back, when it is closed, what it handed out and what was not committed by then: it comes again,
/// whatever position the partition is built from.
/// </summary>
internal interface IGivesBack
{
    /// <summary>Whether a commit still settles something: it does not once the client could not be told of one.</summary>
    bool Settles { get; }

    /// <summary>How much is settled: committed, the client told, and never to come again. Any thread may ask, also after the end.</summary>
    long Settled { get; }
}
