using System.Diagnostics.CodeAnalysis;

namespace Rx.Connectors.Bridging;

/// <summary>A value on its way through a query, together with the position just after it.</summary>
/// <typeparam name="T">The value.</typeparam>
/// <typeparam name="TPosition">A position.</typeparam>
/// <remarks>
/// It is an immutable value, safe to use from any thread. Make new ones from the one at hand (<see cref="With{TResult}"/>,
/// <see cref="Split{TResult}"/>): what is made anew inside a query has not come from the client, and the source refuses it.
/// </remarks>
public readonly struct Positioned<T, TPosition> : IEquatable<Positioned<T, TPosition>>
{
    /// <summary>Makes a value that a client hands to a bridge.</summary>
    /// <param name="value">The value.</param>
    /// <param name="position">The position just <em>after</em> it: what to resume from once it was handed out.</param>
    public Positioned(T value, TPosition position)
        : this(value, position, null, 0, false)
    {
    }

    private Positioned(T value, TPosition position, QueryTrace? trace, long entry, bool hasOwnPosition)
    {
        Value = value;
        Position = position;
        Trace = trace;
        Entry = entry;
        HasOwnPosition = hasOwnPosition;
    }

    /// <summary>The value.</summary>
    public T Value { get; }

    /// <summary>The position just after it.</summary>
    public TPosition Position { get; }

    /// <summary>The query it is in; null outside of one.</summary>
    internal QueryPassage? Passage => Trace?.Passage;

    /// <summary>What is known of it beside its number: its siblings, or what it stands for. Null outside of a query.</summary>
    internal QueryTrace? Trace { get; }

    /// <summary>Its number among the inputs of the query, from 1.</summary>
    internal long Entry { get; }

    /// <summary>Whether the query has given it a position that is not the client's.</summary>
    internal bool HasOwnPosition { get; }

    /// <summary>Compares two values with their positions.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether they are equal.</returns>
    public static bool operator ==(Positioned<T, TPosition> left, Positioned<T, TPosition> right) => left.Equals(right);

    /// <summary>Compares two values with their positions.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether they differ.</returns>
    public static bool operator !=(Positioned<T, TPosition> left, Positioned<T, TPosition> right) => !left.Equals(right);

    /// <summary>Another value in the same place.</summary>
    /// <typeparam name="TResult">The new value's type.</typeparam>
    /// <param name="value">The new value.</param>
    /// <returns>The value with this one's position. It stands for this value alone: one that stands for several is made with
    /// <see cref="PositionedObservableExtensions.Gather{T, TPosition, TResult}"/>.</returns>
    public Positioned<TResult, TPosition> With<TResult>(TResult value) =>
        new(value, Position, Trace, Entry, HasOwnPosition);

    /// <summary>Another value with another position in the same place, as for a memory that is part of the position.</summary>
    /// <typeparam name="TResult">The new value's type.</typeparam>
    /// <typeparam name="TNewPosition">The new position's type. Inside a query it must be another than that of the client's positions:
    /// the two could not be told apart, and inputs that are dropped have the client's.</typeparam>
    /// <param name="value">The new value.</param>
    /// <param name="position">The position just after it.</param>
    /// <returns>The new value.</returns>
    /// <exception cref="PositionOrderException">Inside a query, the position is of the same type as this one's and differs from
    /// it.</exception>
    public Positioned<TResult, TNewPosition> With<TResult, TNewPosition>(TResult value, TNewPosition position) =>
        Trace is null ? new(value, position) : new(value, position, Trace, Entry, HasOwnPosition || IsOwn(position));

    /// <summary>Several values in the place of one. A batch may be cut between them and is resumed exactly there.</summary>
    /// <typeparam name="TResult">The values' type.</typeparam>
    /// <param name="values">The parts, in their order. They must come out the same when they are made again after a restart.
    /// They are read as they are needed, one ahead. None at all means that this value is dropped.</param>
    /// <returns>The parts.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="values"/> is null.</exception>
    public IEnumerable<Positioned<TResult, TPosition>> Split<TResult>(IEnumerable<TResult> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return SplitCore(values);
    }

    /// <summary>
    /// Says that this value leaves the query here, so that the position can move past it although nothing is handed out.
    /// </summary>
    /// <returns>Always false, to stand in a predicate: <c>Where(p =&gt; keep(p.Value) || p.Drop())</c>.</returns>
    /// <remarks>Only for a value that is dropped for good: where a query has several branches, not by one of them.</remarks>
    [SuppressMessage("Performance", "CA1822", Justification = "It speaks of this value.")]
    public bool Drop()
    {
        // A part that is dropped says nothing of its siblings, which may still be inside.
        if (Trace is QueryPassage || (Trace is Lineage lineage && Close(lineage)))
        {
            Tell(Trace.Passage);
        }

        return false;
    }

    /// <inheritdoc/>
    public bool Equals(Positioned<T, TPosition> other) =>
        EqualityComparer<T>.Default.Equals(Value, other.Value) &&
        EqualityComparer<TPosition>.Default.Equals(Position, other.Position);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Positioned<T, TPosition> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Value, Position);

    /// <summary>The value and its position in words.</summary>
    /// <returns>A text such as <c>42 @ 7</c>.</returns>
    public override string ToString() => $"{Value} @ {Position}";

    /// <summary>The value as it enters a query.</summary>
    internal Positioned<T, TPosition> Enter(QueryPassage passage, long entry) =>
        new(Value, Position, passage, entry, false);

    /// <summary>The value as it leaves the query.</summary>
    internal Mark<TPosition> Leave() => new(Position, Entry, 1);

    /// <summary>Another value with a position that holds this one's.</summary>
    internal Positioned<TResult, TNewPosition> Remember<TResult, TNewPosition>(TResult value, TNewPosition position) =>
        new(value, position, Trace, Entry, HasOwnPosition);

    /// <summary>A value that stands for others with this one, which is the last of them.</summary>
    internal Positioned<TResult, TPosition> Gather<TResult>(TResult value, Gathered? gathered) =>
        new(value, Position, gathered is null ? null : new Lineage(Passage!, gathered), Entry, HasOwnPosition);

    /// <summary>Drops the value where nobody may be called: its position moves with the next one's.</summary>
    internal void DropSilently()
    {
        if (Trace is QueryPassage || (Trace is Lineage lineage && Close(lineage)))
        {
            Trace.Passage.Dropped(Entry, Entry);
        }
    }

    private bool Close(Lineage lineage)
    {
        if (!lineage.Drop(1))
        {
            return false;
        }

        return lineage.Gathered?.Drop(Trace!.Passage) ?? true;
    }

    private void Tell(QueryPassage passage)
    {
        if (HasOwnPosition && typeof(TPosition) == passage.ClientPosition)
        {
            passage.Dropped(Entry, Entry);
        }
        else
        {
            passage.Dropped(Entry, Position);
        }
    }

    private bool IsOwn<TNewPosition>(TNewPosition position)
    {
        if (Position is IRemembers<TNewPosition> memory)
        {
            // The memory is no part of it any more.
            return !EqualityComparer<TNewPosition>.Default.Equals(memory.Position, position);
        }

        if (typeof(TNewPosition) != typeof(TPosition))
        {
            return true;
        }

        return Equals(Position, position) ? false : throw PositionOrderException.Own(position, Position);
    }

    private IEnumerable<Positioned<TResult, TPosition>> SplitCore<TResult>(IEnumerable<TResult> values)
    {
        using var parts = values.GetEnumerator();
        if (!parts.MoveNext())
        {
            Drop();
            yield break;
        }

        var current = parts.Current;
        var lineage = Trace as Lineage;
        while (Passage?.Demand?.HasEnded != true && parts.MoveNext())
        {
            lineage ??= Trace is null ? null : new Lineage(Trace.Passage);
            lineage?.Add();
            yield return new Positioned<TResult, TPosition>(current, Position, lineage, Entry, HasOwnPosition);
            current = parts.Current;
        }

        // The last one takes the place of what was split.
        yield return new Positioned<TResult, TPosition>(current, Position, lineage ?? Trace, Entry, HasOwnPosition);
    }
}
