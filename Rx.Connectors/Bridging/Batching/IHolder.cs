namespace Rx.Connectors.Bridging;

/// <summary>An operator that holds items inside a query. Its members are called under nobody's lock.</summary>
internal interface IHolder
{
    /// <summary>Whether it holds none any more, and never will.</summary>
    bool IsOver { get; }

    /// <summary>The number of its oldest item among the inputs of the query; none if it holds none.</summary>
    long? Oldest { get; }

    /// <summary>Drops its oldest item, whose room the caller then has. False if it holds none.</summary>
    bool TryDropOldest();
}
