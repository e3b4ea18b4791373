namespace Rx.Connectors.Testing;

/// <summary>How an event is drawn.</summary>
internal enum MarbleShape
{
    Item,
    Poll,
    Write,
    WriteBegun,
    WriteEnded,
    Snapshot,
    Commit,
    CommitBegun,
    CommitEnded,
    Ack,
    Opened,
    Note,
    Failed,
    Completed,
    Crashed,
}

/// <summary>Something that is drawn in a row.</summary>
/// <param name="Row">The row's index; -1 for all rows.</param>
/// <param name="Shape">How.</param>
/// <param name="Event">What it stands for.</param>
internal sealed record MarbleMark(int Row, MarbleShape Shape, RecordedEvent Event)
{
    /// <summary>The most characters of an item that are shown.</summary>
    private const int MaxText = 14;

    /// <summary>The most items of a batch that are shown.</summary>
    private const int MaxItems = 6;

    /// <summary>Its place among what happens at the same time.</summary>
    public int Slot { get; set; }

    /// <summary>What is written in it, shortened.</summary>
    public IReadOnlyList<string> Labels { get; } = LabelsOf(Shape, Event.Items);

    public bool EndsRow => Shape is MarbleShape.Failed or MarbleShape.Completed;

    private static string[] LabelsOf(MarbleShape shape, IReadOnlyList<string> items) => shape switch
    {
        MarbleShape.Failed or MarbleShape.Completed or MarbleShape.Crashed => [],
        MarbleShape.Note => [items.Count > 0 ? Shorten(items[0]) : "-"],
        MarbleShape.Snapshot or MarbleShape.Ack or MarbleShape.Opened => [items.Count > 0 ? Shorten(items[0]) : "none"],
        MarbleShape.Commit or MarbleShape.CommitBegun or MarbleShape.CommitEnded => [.. items.Take(1).Select(Shorten)],
        _ when items.Count > MaxItems => [.. items.Take(MaxItems - 1).Select(Shorten), $"+{items.Count - MaxItems + 1}"],
        _ => [.. items.Select(Shorten)],
    };

    private static string Shorten(string text)
    {
        if (text.Length > MaxText)
        {
            text = text[..(MaxText - 2)].TrimEnd() + "..";
        }

        return RecordedText.Quote(text);
    }
}
