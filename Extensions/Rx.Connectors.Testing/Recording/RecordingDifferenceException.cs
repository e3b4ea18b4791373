using System.Globalization;
using System.Text;

namespace Rx.Connectors.Testing;

/// <summary>Two recordings differ. The message shows the first difference and what came before it.</summary>
public sealed class RecordingDifferenceException : Exception
{
    // How many events before the difference the message shows.
    private const int EventsBefore = 8;

    // How many events from the difference on the message's diagrams show.
    private const int EventsAfter = 4;

    private static readonly MarbleOptions _drawn = new();

    internal RecordingDifferenceException(int index, IReadOnlyList<RecordedEvent> expected, IReadOnlyList<RecordedEvent> actual)
        : base(Describe(index, expected, actual))
    {
        Index = index;
        Expected = expected.ElementAtOrDefault(index);
        Actual = actual.ElementAtOrDefault(index);
    }

    /// <summary>The place of the first event that differs, from 0.</summary>
    public int Index { get; }

    /// <summary>The event that was expected there; null if nothing was expected any more.</summary>
    public RecordedEvent? Expected { get; }

    /// <summary>The event that happened there; null if nothing happened any more.</summary>
    public RecordedEvent? Actual { get; }

    private static string Describe(int index, IReadOnlyList<RecordedEvent> expected, IReadOnlyList<RecordedEvent> actual)
    {
        var from = Math.Max(0, index - EventsBefore);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"The recordings differ first at event {index} ");
        text.Append(CultureInfo.InvariantCulture, $"(expected {expected.Count} events, actual {actual.Count}):\n");
        for (var i = from; i < index; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {i,5}           {actual[i]}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"  {index,5} expected: {LineOf(expected, index)}\n");
        text.Append(CultureInfo.InvariantCulture, $"  {index,5}   actual: {LineOf(actual, index)}\n");
        text.Append("Expected, around there:\n").Append(DiagramOf(expected, from, index));
        text.Append("Actual:\n").Append(DiagramOf(actual, from, index));
        return text.ToString();
    }

    private static string DiagramOf(IReadOnlyList<RecordedEvent> events, int from, int index) =>
        MarbleText.Draw(MarbleRows.Of(events.Skip(from).Take(index - from + EventsAfter), _drawn), _drawn);

    private static string LineOf(IReadOnlyList<RecordedEvent> events, int index) =>
        index < events.Count ? events[index].ToString() : "nothing more";
}
