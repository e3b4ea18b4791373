using System.Diagnostics.CodeAnalysis;

namespace Rx.Connectors.Sources;

/// <summary>
/// The outcome of asking for one item: an item, nothing at the moment, or the end. An item converts to it by itself, and null
/// is no item, so that <c>return item;</c>, <c>return null;</c> and <c>return Polled&lt;T&gt;.End;</c> say what they mean.
/// </summary>
/// <typeparam name="T">The items.</typeparam>
/// <remarks>The default value is <see cref="Nothing"/>. Immutable, and safe from any thread.</remarks>
public readonly struct Polled<T>
{
    private readonly T? _item;

    private Polled(T item)
    {
        _item = item;
        HasItem = true;
    }

    /// <summary>No item at the moment; ask again later.</summary>
    public static Polled<T> Nothing => default;

    /// <summary>No item now nor ever after.</summary>
    public static Polled<T> End => new() { IsEnd = true };

    /// <summary>Whether there is an item.</summary>
    public bool HasItem { get; }

    /// <summary>Whether this is <see cref="End"/>.</summary>
    public bool IsEnd { get; private init; }

    /// <summary>The item.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public T Item => HasItem ? _item! : throw new InvalidOperationException($"There is no item: {this}.");

    internal TimeSpan? RetryDelay { get; private init; }

    /// <summary>Wraps an item, so that a getter can simply return it.</summary>
    /// <param name="item">The item, or null for <see cref="Nothing"/>.</param>
    [SuppressMessage("Usage", "CA2225", Justification = "From is the named alternative.")]
    public static implicit operator Polled<T>(T? item) => From(item);

    /// <summary>Wraps an item where it does not convert by itself, as one that is known by its interface.</summary>
    /// <param name="item">The item, or null for <see cref="Nothing"/>.</param>
    /// <returns>The item, or <see cref="Nothing"/>.</returns>
    public static Polled<T> From(T? item) => item is null ? default : new Polled<T>(item);

    /// <summary>What it is in words.</summary>
    /// <returns>The item's own text, "nothing", "end", or the delay of a retry.</returns>
    public override string ToString() =>
        HasItem ? $"{_item}" : IsEnd ? "end" : RetryDelay is { } delay ? $"retry after {delay}" : "nothing";

    /// <summary>An item whatever it is: in a stream, null is one.</summary>
    internal static Polled<T> OfItem(T item) => new(item);

    internal static Polled<T> Retry(TimeSpan delay) => new() { RetryDelay = delay };
}
