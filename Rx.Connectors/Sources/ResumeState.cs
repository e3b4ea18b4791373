using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Rx.Connectors.Sources;

/// <summary>
/// A position to resume from, or none. It is not the same as the type's default value: an offset of 0 that was stored is a
/// position, and a partition that was never snapshotted has none.
/// </summary>
/// <remarks>
/// Behind a query it holds more than the client's position where that is needed: how many parts of the next input were handed out, and
/// what a <c>Scan</c> remembers. So store the whole state rather than its <see cref="Value"/>. As JSON it is the plain position, such as
/// <c>42</c>, and an object only where it holds more.
/// </remarks>
/// <typeparam name="TPosition">What a position is for the partition: an offset, a sequence number, a cursor.</typeparam>
[JsonConverter(typeof(ResumeStateJson))]
public readonly struct ResumeState<TPosition> : IHasConverter, IEquatable<ResumeState<TPosition>>
{
    private readonly TPosition _value;

    /// <summary>Makes a state that holds a position.</summary>
    /// <param name="value">The position.</param>
    public ResumeState(TPosition value)
    {
        _value = value;
        HasValue = true;
    }

    internal ResumeState(ResumeState<TPosition> client, QueryRest? rest)
    {
        (_value, HasValue) = (client._value, client.HasValue);
        Rest = rest;
    }

    /// <summary>No position: begin from the beginning, whatever that is for the client.</summary>
    public static ResumeState<TPosition> None => default;

    /// <summary>Whether there is a position.</summary>
    public bool HasValue { get; }

    /// <summary>The position.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public TPosition Value => HasValue ? _value : throw new InvalidOperationException("There is no position to resume from.");

    /// <summary>What a query needs beside the client's position; mostly nothing.</summary>
    internal QueryRest? Rest { get; }

    /// <summary>Whether there is nothing that could be stored.</summary>
    internal bool IsNothing => !HasValue && Rest is null;

    /// <summary>Wraps a position, so that a <c>Snapshot</c> can simply return it.</summary>
    /// <param name="value">The position.</param>
    [SuppressMessage("Usage", "CA2225", Justification = "The constructor is the named alternative.")]
    public static implicit operator ResumeState<TPosition>(TPosition value) => new(value);

    /// <summary>Compares two states.</summary>
    /// <param name="left">One state.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether they are equal.</returns>
    public static bool operator ==(ResumeState<TPosition> left, ResumeState<TPosition> right) => left.Equals(right);

    /// <summary>Compares two states.</summary>
    /// <param name="left">One state.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether they differ.</returns>
    public static bool operator !=(ResumeState<TPosition> left, ResumeState<TPosition> right) => !left.Equals(right);

    /// <summary>Reads the position if there is one.</summary>
    /// <param name="value">The position, or the type's default value.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGetValue([MaybeNullWhen(false)] out TPosition value)
    {
        value = _value;
        return HasValue;
    }

    /// <summary>The position, or another value where there is none.</summary>
    /// <param name="fallback">What to return where there is none.</param>
    /// <returns>One of the two.</returns>
    public TPosition GetValueOrDefault(TPosition fallback) => HasValue ? _value : fallback;

    /// <summary>Turns the position into another; none stays none.</summary>
    /// <typeparam name="TResult">The new position's type.</typeparam>
    /// <param name="selector">Makes the new position. It is called only when there is one.</param>
    /// <returns>The new state.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="selector"/> is null.</exception>
    public ResumeState<TResult> Select<TResult>(Func<TPosition, TResult> selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return new ResumeState<TResult>(HasValue ? new ResumeState<TResult>(selector(_value)) : ResumeState<TResult>.None, Rest);
    }

    JsonConverter IHasConverter.MakeConverter() => new ResumeStateConverter<TPosition>();

    /// <inheritdoc/>
    public bool Equals(ResumeState<TPosition> other) =>
        HasValue == other.HasValue && EqualityComparer<TPosition>.Default.Equals(_value, other._value) && Equals(Rest, other.Rest);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ResumeState<TPosition> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(HasValue, _value, Rest);

    /// <summary>The position in words.</summary>
    /// <returns>The position's own text, or "none"; and what is known beside it.</returns>
    public override string ToString() => $"{(HasValue ? $"{_value}" : "none")}{Rest}";
}
