using System.Globalization;

namespace Rx.Connectors.Testing;

/// <summary>One thing that happened, and when.</summary>
/// <remarks>Two events are equal if they are the same in all parts.</remarks>
public sealed class RecordedEvent
{
    internal RecordedEvent(long time, string lane, RecordedKind kind, IReadOnlyList<string> items) =>
        (Time, Lane, Kind, Items) = (time, lane, kind, items);

    /// <summary>The time, in ticks of the clock of the <see cref="Recording"/>, from its origin.</summary>
    public long Time { get; }

    /// <summary>To whom it happened: a client, a partition such as <c>in/a</c>, a store.</summary>
    public string Lane { get; }

    /// <summary>What happened.</summary>
    public RecordedKind Kind { get; }

    /// <summary>The items, positions or numbers that it is about, as invariant text.</summary>
    public IReadOnlyList<string> Items { get; }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is RecordedEvent other &&
        Time == other.Time && Lane == other.Lane && Kind == other.Kind && Items.SequenceEqual(other.Items);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Time, Lane, Kind, Items.Count);

    /// <summary>A line, as <c>120 in/a polled [1 2 3]</c>. Items with spaces or brackets are quoted, and line feeds escaped.</summary>
    /// <returns>The line.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Time} {RecordedText.Quote(Lane)} {Kind.ToString().ToLowerInvariant()} [{string.Join(' ', Items.Select(RecordedText.Quote))}]");
}
