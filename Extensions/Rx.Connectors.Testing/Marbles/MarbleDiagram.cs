#pragma warning disable RS0026, RS0027 // The overloads differ in the kind of what they take, so that none can be mistaken for another.
namespace Rx.Connectors.Testing;

/// <summary>
/// A recording as a marble diagram: rows for clients, queries, polls, writes, snapshots, commits and acks over one axis of time.
/// What happens at the same time stands in its order from left to right; where nothing happens for long, time is compressed.
/// </summary>
/// <remarks>Immutable: what is recorded later is not in it.</remarks>
public sealed class MarbleDiagram
{
    private readonly MarbleOptions _options;
    private readonly MarbleRows _rows;

    private MarbleDiagram(IEnumerable<RecordedEvent> events, MarbleOptions? options)
    {
        _options = MarbleOptions.Check(options);
        _rows = MarbleRows.Of(events, _options);
    }

    /// <summary>Makes the diagram of all that was recorded so far.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="options">What to show; null for the defaults.</param>
    /// <returns>The diagram.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="recording"/> is null.</exception>
    /// <exception cref="ArgumentException">An option is not valid; the exception names it.</exception>
    public static MarbleDiagram Of(Recording recording, MarbleOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(recording);
        return new MarbleDiagram(recording.Events, options);
    }

    /// <summary>Makes the diagram of some events, as those of one lane or of a part of the time.</summary>
    /// <param name="events">The events.</param>
    /// <param name="options">What to show; null for the defaults.</param>
    /// <returns>The diagram.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="events"/> is null.</exception>
    /// <exception cref="ArgumentException">An option is not valid; the exception names it.</exception>
    public static MarbleDiagram Of(IEnumerable<RecordedEvent> events, MarbleOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(events);
        return new MarbleDiagram(events, options);
    }

    /// <summary>The diagram in plain text, for the message of a failure. It ends with a line that explains its signs.</summary>
    /// <returns>Lines, each ended by a line feed.</returns>
    public string ToText() => MarbleText.Draw(_rows, _options);

    /// <summary>The diagram as a picture, for a page. It has a background of its own and is read on light and dark pages.</summary>
    /// <returns>An SVG document, the same on every machine.</returns>
    public string ToSvg() => MarbleSvg.Draw(_rows, _options);

    /// <summary>As <see cref="ToText"/>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => ToText();
}
