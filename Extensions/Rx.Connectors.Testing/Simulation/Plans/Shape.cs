namespace Rx.Connectors.Testing;

/// <summary>What a query or a step makes of an item, by the item alone.</summary>
internal enum Shape
{
    Keep,
    Drop,
    Split,
    Async,
}

internal static class Shapes
{
    // More than any item is split into, so that parts of parts differ, too.
    private const int Parts = 4;

    public static bool Keeps(SimulatedItem item) => item.Index % 3 != 1;

    public static IEnumerable<SimulatedItem> Split(SimulatedItem item) =>
        Enumerable.Range(0, item.Index % Parts).Select(part => item with { Part = (item.Part * Parts) + part });

    public static IEnumerable<SimulatedItem> Apply(this Shape shape, SimulatedItem item) => shape switch
    {
        Shape.Drop => Keeps(item) ? [item] : [],
        Shape.Split => Split(item),
        _ => [item],
    };
}
