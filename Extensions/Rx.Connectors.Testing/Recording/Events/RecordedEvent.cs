using System.Globalization;

namespace Rx.Connectors.Testing;

/// <summary>One thing that happened, and when.</summary>
/// <param name="Time">Ticks of the clock of the <see cref="Recording"/>, from its origin.</param>
/// <param name="Lane">To whom: a client, a partition such as <c>in/a</c>, a store.</param>
/// <param name="Kind">What.</param>
/// <param name="Items">The items, positions or numbers it is about, as invariant text.</param>
public sealed record RecordedEvent(long Time, string Lane, RecordedKind Kind, IReadOnlyList<string> Items)
{
    /// <summary>Whether two events are the same in all parts.</summary>
    /// <param name="other">The other one.</param>
    /// <returns>True if so.</returns>
    public bool Equals(RecordedEvent? other) =>
        other is not null && Time == other.Time && Lane == other.Lane && Kind == other.Kind && Items.SequenceEqual(other.Items);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Time, Lane, Kind, Items.Count);

    /// <summary>A line, as <c>120 in/a polled [1 2 3]</c>. Items with spaces or brackets are quoted, and line feeds escaped.</summary>
    /// <returns>The line.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Time} {RecordedText.Quote(Lane)} {Kind.ToString().ToLowerInvariant()} [{string.Join(' ', Items.Select(RecordedText.Quote))}]");
}
