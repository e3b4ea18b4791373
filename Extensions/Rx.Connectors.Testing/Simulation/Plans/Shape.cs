namespace Rx.Connectors.Testing;

/// <summary>What a query or a step makes of an item, by the item alone.</summary>
internal enum Shape
{
    Keep,
    Drop,
    Split,
    Async,

    /// <summary>Gathers a few in one and takes them apart again: of a group that is open in a crash, nothing has left.</summary>
    Gather,

    /// <summary>Drops by Rx's own operator, which is declared to drop at once.</summary>
    DropAtOnce,

    /// <summary>Drops by Rx's own operator, of which gaps are declared to be drops.</summary>
    DropGaps,

    /// <summary>Holds items back in groups, so that later ones leave first. That is an error (rule S13), until the query is mended.</summary>
    Hold,

    /// <summary>Drops by Rx's own operator, and does not say so. That is an error (rule S13), until the query is mended.</summary>
    DropUndeclared,
}

internal static class Shapes
{
    // More than any item is split into, so that parts of parts differ, too.
    private const int Parts = 4;

    /// <summary>Whether a query of this shape fails, and loses nothing by it.</summary>
    public static bool IsWrong(this Shape shape) => shape is Shape.Hold or Shape.DropUndeclared;

    public static bool Keeps(SimulatedItem item) => item.Index % 3 != 1;

    public static IEnumerable<SimulatedItem> Split(SimulatedItem item) =>
        Enumerable.Range(0, item.Index % Parts).Select(part => item with { Part = (item.Part * Parts) + part });

    public static IEnumerable<SimulatedItem> Apply(this Shape shape, SimulatedItem item) => shape switch
    {
        Shape.Drop or Shape.DropAtOnce or Shape.DropGaps or Shape.DropUndeclared => Keeps(item) ? [item] : [],
        Shape.Split => Split(item),
        _ => [item],
    };
}
