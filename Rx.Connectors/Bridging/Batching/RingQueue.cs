using System.Runtime.CompilerServices;

namespace Rx.Connectors.Bridging;

/// <summary>A queue that gives out spans, takes no memory before the first item, and forgets what it gave out.</summary>
internal sealed class RingQueue<T>
{
    private const int FirstLength = 16;

    private T[] _slots = [];
    private int _head;

    public int Count { get; private set; }

    public ref readonly T Peek() => ref _slots[_head];

    public void Enqueue(in T item)
    {
        if (Count == _slots.Length)
        {
            Grow();
        }

        _slots[(_head + Count) & (_slots.Length - 1)] = item;
        Count++;
    }

    /// <summary>The first items, as far as they lie side by side; ask again after <see cref="Release"/> for the others.</summary>
    public ReadOnlySpan<T> First(int count) => _slots.AsSpan(_head, Math.Min(count, _slots.Length - _head));

    public void Release(int count)
    {
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            _slots.AsSpan(_head, count).Clear();
        }

        _head = (_head + count) & (_slots.Length - 1);
        Count -= count;
    }

    public void Clear()
    {
        _slots = [];
        _head = 0;
        Count = 0;
    }

    private void Grow()
    {
        var larger = new T[Math.Max(FirstLength, _slots.Length * 2)];
        var firstPart = First(Count);
        firstPart.CopyTo(larger);
        _slots.AsSpan(0, Count - firstPart.Length).CopyTo(larger.AsSpan(firstPart.Length));
        _slots = larger;
        _head = 0;
    }
}
