namespace Rx.Connectors.Testing;

/// <summary>Reads the sequence of a <see cref="TestingSource{T}"/> one item ahead, and no further.</summary>
internal sealed class TestingItems<T>(IEnumerable<TestingItem<T>> sequence) : IDisposable
{
    private readonly IEnumerator<TestingItem<T>> _items = sequence.GetEnumerator();
    private bool _isPeeked;
    private bool _hasNext;

    /// <summary>Looks at what comes next.</summary>
    /// <returns>Whether anything does.</returns>
    public bool TryPeek(out TestingItem<T> next)
    {
        if (!_isPeeked)
        {
            _hasNext = _items.MoveNext();
            _isPeeked = true;
        }

        next = _hasNext ? _items.Current : default;
        return _hasNext;
    }

    /// <summary>Passes over what was looked at.</summary>
    public void Pass() => _isPeeked = false;

    /// <summary>Passes over so many.</summary>
    /// <returns>How many there were to pass over.</returns>
    public int Skip(int count)
    {
        var passed = 0;
        while (passed < count && TryPeek(out _))
        {
            Pass();
            passed++;
        }

        return passed;
    }

    public void Dispose() => _items.Dispose();
}
