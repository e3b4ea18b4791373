namespace Rx.Connectors.Bridging;

/// <summary>What travels with a value through a query: the <see cref="QueryPassage"/> itself, or a <see cref="Lineage"/>.</summary>
internal abstract class QueryTrace
{
    /// <summary>The query that it is in.</summary>
    public QueryPassage Passage { get; protected init; } = null!;
}
