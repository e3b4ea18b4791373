namespace Rx.Connectors.Tests.Architecture;

/// <summary>Finds those that reach each other along arrows.</summary>
internal static class Circles
{
    /// <returns>Each set of them, in order.</returns>
    public static IReadOnlyList<IReadOnlyList<string>> Find(IEnumerable<(string From, string To)> arrows)
    {
        var next = arrows.ToLookup(static arrow => arrow.From, static arrow => arrow.To);
        var reached = next.ToDictionary(static from => from.Key, from => Reach(from.Key, next));
        return
        [
            .. reached.Where(static one => one.Value.Contains(one.Key))
                .Select(one => one.Value.Where(to => reached.GetValueOrDefault(to)?.Contains(one.Key) == true).Order(StringComparer.Ordinal).ToArray())
                .DistinctBy(static circle => circle[0]),
        ];
    }

    private static HashSet<string> Reach(string from, ILookup<string, string> next)
    {
        var reached = new HashSet<string>();
        var open = new Stack<string>([from]);
        while (open.TryPop(out var here))
        {
            foreach (var there in next[here].Where(reached.Add))
            {
                open.Push(there);
            }
        }

        return reached;
    }
}
