using System.Runtime.CompilerServices;

namespace Rx.Connectors.Bridging;

/// <summary>Items that are handed out together.</summary>
/// <param name="Items">The items, of which the first and the last places may not belong to it.</param>
/// <param name="Marks">What is kept of each until it is handed out; empty where nothing is.</param>
/// <param name="From">The first place that belongs to it.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Since">When the first of them came, in elapsed time.</param>
internal readonly record struct Batch<T, TMark>(T[] Items, TMark[] Marks, int From, int Count, long Since)
{
    /// <summary>Whether anything is kept of an item but its value.</summary>
    public static bool HasMarks => typeof(TMark) != typeof(Unmarked);

    public ReadOnlySpan<TMark> Kept => HasMarks ? Marks.AsSpan(From, Count) : default;

    /// <summary>The array that was filled, unless something was cut out of it.</summary>
    public T[] ToArray() => Count == Items.Length ? Items : Items.AsSpan(From, Count).ToArray();

    /// <summary>Without its oldest item.</summary>
    public Batch<T, TMark> WithoutFirst()
    {
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            Items[From] = default!;
        }

        return this with { From = From + 1, Count = Count - 1 };
    }
}

/// <summary>Nothing is kept of an item.</summary>
internal readonly record struct Unmarked;
