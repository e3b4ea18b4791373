namespace Rx.Connectors.Bridging;

/// <summary>
/// A query let items out in another order than they came in, so that no position could tell what was handed out (rule S12).
/// The message names both positions.
/// </summary>
public sealed class PositionOrderException : InvalidOperationException, IBreaksRule
{
    internal PositionOrderException(string message)
        : base(message)
    {
    }

    string IBreaksRule.Rule => "S12";

    internal static PositionOrderException Overtaken(object? late, object? early) => new(
        $"The query let out the item at position {late} after the item at position {early}, though it came in before (rule " +
        "S12). A restart would lose it. Operators that answer out of order, as SelectMany over tasks or Merge do, are replaced " +
        "by SelectAsync, which keeps the order.");

    internal static PositionOrderException Twice(object? position) => new(
        $"The query let out the item at position {position} a second time, after the position had moved past it (rule S12): " +
        "another part of it was handed out, or dropped. To make several items of one where the query changes threads or delays, use SelectMany over the values or " +
        "Positioned.Split, which say how many parts follow.");

    internal static PositionOrderException Foreign(object? position) => new(
        $"The query let out an item at position {position} that did not come in through its source (rule S12). Make results " +
        "with Positioned.With or Split, from the items that came in.");
}
