namespace Rx.Connectors.Bridging;

/// <summary>
/// A query let items out so that no position can tell what was handed out: in another order than they came in (rule S12), or past
/// inputs that have neither left it nor been declared dropped (rule S13). The message names the positions and the way out. The
/// position has not moved past what is missing.
/// </summary>
public sealed class PositionOrderException : InvalidOperationException, IBreaksRule
{
    private const string Gathering = "A value that stands for several inputs is made of all of them with Gather.";

    private const string Dropping =
        "What the query drops it must say: with the source's own Where, OfType, DistinctUntilChanged, Throttle or Sample, with Discard(), " +
        "or with DroppingAtOnce(..) or DroppingGaps(..) around Rx operators.";

    private const string Groups =
        "Groups and windows that are open at the same time belong into the memory of a Scan, which is part of the position.";

    private readonly string _rule;

    private PositionOrderException(string rule, string message)
        : base(message) => _rule = rule;

    string IBreaksRule.Rule => _rule;

    internal static PositionOrderException Overtaken(object? late, object? early) => new(
        "S12",
        $"The query let out the item at position {late} after the item at position {early}, though it came in before (rule S12). It " +
        "had left already, or had been declared dropped. Operators that answer out of order, as SelectMany over tasks or Merge do, " +
        "are replaced by SelectAsync, which keeps the order. Of several branches, none may drop for the others or let out the same.");

    internal static PositionOrderException Twice(object? position) => new(
        "S12",
        $"The query let out the item at position {position} a second time, after the position had moved past it (rule S12): it had " +
        "left, or was dropped, before. Two branches must not let the same item out, nor one drop it for the other. To make several " +
        "items of one where the query changes threads or delays, use SelectMany over the values or Positioned.SelectParts, which say how " +
        "many parts follow.");

    internal static PositionOrderException GatheredTwice(object? position, object? before) => new(
        "S12",
        $"The query let out an item at position {position} that stands for inputs {At(before)} or before it a second time (rule S12): " +
        $"they had left, or were dropped, before. After a restart they would be missing. {Groups}");

    internal static PositionOrderException Foreign(object? position) => new(
        "S12",
        $"The query let out an item at position {position} that did not come in through its source (rule S12). Make results " +
        "with Positioned.WithValue, Gather or SelectParts, from the items that came in.");

    internal static PositionOrderException MissingBefore(object? position, object? before, bool isAtOnce) => new(
        "S13",
        $"The query let out the item at position {position} before an input that came in {After(before)} and has neither left it nor " +
        "been declared dropped (rule S13). A restart could lose that input, so the position stays before it. " + (isAtOnce
            ? $"{Dropping} {Gathering} {Groups}"
            : $"If it is in a call that takes longer, SelectAsync keeps the order. {Dropping} {Gathering} {Groups}"));

    internal static PositionOrderException MissingBeforeGathered(object? position, object? before) => new(
        "S13",
        $"The query let out an item at position {position} that was gathered, before an input that came in {After(before)}, is not " +
        "among what it stands for, and has neither left the query nor been declared dropped (rule S13). A restart could lose that " +
        $"input, so the position stays before it. {Groups} {Dropping}");

    internal static PositionOrderException PartMissing(object? position, object? before) => new(
        "S13",
        $"The query let out the item at position {position} before every part of the input {At(before)} had left it or been " +
        $"declared dropped (rule S13). A restart could lose a part, so the position stays before it. {Dropping} {Gathering} " +
        "SelectAsync keeps parts in order.");

    internal static PositionOrderException PartGathered(object? position) => new(
        "S13",
        $"The query let out an item at position {position} that was gathered from some parts of an input without the others (rule " +
        "S13). No position could be in between: gather whole inputs first, and split what was gathered.");

    internal static PositionOrderException Missing(object? before) => new(
        "S13",
        $"The client and the query have ended, and an input that came in {After(before)} has neither left the query nor been " +
        $"declared dropped (rule S13), so the position stays before it. {Dropping} {Gathering}");

    internal static PositionOrderException NotAtOnce(object? position) => new(
        "S13",
        $"What DroppingAtOnce is around let out the item at position {position} after the call that had sent it in, when it counted " +
        "as dropped (rule S13). Operators that hold items, as Throttle, Buffer or Delay do, belong into DroppingGaps.");

    private static string After(object? position) => position is null ? "first" : $"just after position {position}";

    private static string At(object? position) => position is null ? "at the beginning" : $"at position {position}";
}
