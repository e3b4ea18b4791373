using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <summary>A value on its way through a query, together with the position just after it.</summary>
/// <typeparam name="T">The value.</typeparam>
/// <typeparam name="TPosition">A position.</typeparam>
/// <remarks>
/// It is an immutable value, safe to use from any thread. Make new ones from the one at hand (<see cref="WithValue{TResult}"/>,
/// <see cref="SelectParts{TResult}"/>): what is made anew inside a query has not come from the client, and the source refuses it.
/// </remarks>
public readonly struct Positioned<T, TPosition> : IEquatable<Positioned<T, TPosition>>
{
    /// <summary>Makes a value that a client hands to a bridge.</summary>
    /// <param name="value">The value.</param>
    /// <param name="position">The position just <em>after</em> it: what to resume from once it was handed out.</param>
    public Positioned(T value, TPosition position)
        : this(value, position, null, 0, 0)
    {
    }

    private Positioned(T value, TPosition position, QueryTrace? trace, long entry, int scans)
    {
        Value = value;
        Position = position;
        Trace = trace;
        Entry = entry;
        Scans = scans;
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

    /// <summary>How many <c>Scan</c>s it has passed.</summary>
    internal int Scans { get; }

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
    public Positioned<TResult, TPosition> WithValue<TResult>(TResult value) =>
        new(value, Position, Trace, Entry, Scans);

    /// <summary>Several values in the place of one. A batch may be cut between them and is resumed exactly there.</summary>
    /// <typeparam name="TResult">The values' type.</typeparam>
    /// <param name="values">The parts, in their order. They must come out the same when they are made again after a restart.
    /// They are read as they are needed, one ahead. None at all means that this value is dropped.</param>
    /// <returns>The parts.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="values"/> is null.</exception>
    public IEnumerable<Positioned<TResult, TPosition>> SelectParts<TResult>(IEnumerable<TResult> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return SelectPartsCore(values);
    }

    /// <summary>
    /// Says that this value leaves the query here, so that the position can move past it although nothing is handed out.
    /// </summary>
    /// <remarks>Only for a value that is dropped for good: where a query has several branches, not by one of them. Operators of Rx
    /// that drop are better declared as a whole, with <c>DroppingAtOnce</c> or <c>DroppingGaps</c>.</remarks>
    public void Discard()
    {
        // A part that is dropped says nothing of its siblings, which may still be inside.
        if (Trace is QueryPassage || (Trace is Lineage lineage && Close(lineage)))
        {
            Trace.Passage.Dropped(Entry, Position);
        }
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
        new(Value, Position, passage, entry, 0);

    /// <summary>The value as it leaves the query.</summary>
    internal Mark<TPosition> Leave() => new(Position, Entry, 1);

    /// <summary>What a <c>Scan</c> makes of this value and remembers.</summary>
    internal Positioned<TMemory, TPosition> Remember<TMemory>(TMemory memory)
    {
        Passage?.Memory.Remember(Scans, Entry, new LiveMemory<TMemory>(memory));
        return new(memory, Position, Trace, Entry, Scans + 1);
    }

    /// <summary>A value that stands for others with this one, which is the last of them.</summary>
    internal Positioned<TResult, TPosition> Gather<TResult>(TResult value, Gathered? gathered) =>
        new(value, Position, gathered is null ? null : new Lineage(Passage!, gathered), Entry, Scans);

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

    private IEnumerable<Positioned<TResult, TPosition>> SelectPartsCore<TResult>(IEnumerable<TResult> values)
    {
        using var parts = values.GetEnumerator();
        if (!parts.MoveNext())
        {
            Discard();
            yield break;
        }

        var current = parts.Current;
        var lineage = Trace as Lineage;
        while (Passage?.Demand?.HasEnded != true && parts.MoveNext())
        {
            lineage ??= Trace is null ? null : new Lineage(Trace.Passage);
            lineage?.Add();
            yield return new Positioned<TResult, TPosition>(current, Position, lineage, Entry, Scans);
            current = parts.Current;
        }

        // The last one takes the place of what was split.
        yield return new Positioned<TResult, TPosition>(current, Position, lineage ?? Trace, Entry, Scans);
    }
}
