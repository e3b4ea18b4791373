namespace Rx.Connectors.Testing;

/// <summary>How what was read differs from what was to be read.</summary>
internal sealed class Difference<T>
{
    private readonly IReadOnlyList<T> _expected;
    private readonly IReadOnlyList<T> _actual;

    public Difference(IReadOnlyList<T> expected, IReadOnlyList<T> actual, IEqualityComparer<T> keys)
    {
        _expected = expected;
        _actual = actual;
        Lost = Without(expected, actual, keys);
        Extra = Without(actual, expected, keys);
        Same = 0;
        while (Same < Math.Min(expected.Count, actual.Count) && keys.Equals(expected[Same], actual[Same]))
        {
            Same++;
        }
    }

    /// <summary>What is missing.</summary>
    public List<T> Lost { get; }

    /// <summary>What came more often than it should have.</summary>
    public List<T> Extra { get; }

    /// <summary>How many items are the same from the beginning.</summary>
    public int Same { get; }

    public bool IsNone => Same == _expected.Count && Same == _actual.Count;

    /// <summary>Whether only the end is missing.</summary>
    public bool IsCutShort => Same == _actual.Count && Same < _expected.Count;

    public override string ToString()
    {
        var texts = new List<string>();
        if (Lost.Count > 0)
        {
            texts.Add($"{Lost.Count} lost ({List(Lost)})");
        }

        if (Extra.Count > 0)
        {
            texts.Add($"{Extra.Count} repeated or not to be there ({List(Extra)})");
        }

        if (texts.Count == 0 && !IsNone)
        {
            texts.Add($"item {Same} is {_actual[Same]} and should be {_expected[Same]}");
        }

        return string.Join(", ", texts);
    }

    private static string List(List<T> items) => string.Join(", ", items.Take(3)) + (items.Count > 3 ? ", .." : "");

    private static List<T> Without(IReadOnlyList<T> items, IReadOnlyList<T> others, IEqualityComparer<T> keys)
    {
        var counts = new Dictionary<(bool, T), int>(new Boxed(keys));
        foreach (var other in others)
        {
            counts[(true, other)] = counts.GetValueOrDefault((true, other)) + 1;
        }

        var left = new List<T>();
        foreach (var item in items)
        {
            var count = counts.GetValueOrDefault((true, item));
            counts[(true, item)] = count - 1;
            if (count <= 0)
            {
                left.Add(item);
            }
        }

        return left;
    }

    // A dictionary's key must not be null, and an item may be.
    private sealed class Boxed(IEqualityComparer<T> keys) : IEqualityComparer<(bool, T)>
    {
        public bool Equals((bool, T) x, (bool, T) y) => keys.Equals(x.Item2, y.Item2);

        public int GetHashCode((bool, T) obj) => obj.Item2 is null ? 0 : keys.GetHashCode(obj.Item2);
    }
}
