namespace Rx.Connectors.Testing;

/// <summary>Draws what happened at one time to one thing.</summary>
internal static class MarbleSvgMark
{
    private const int Round = 26;
    private const int BoxHeight = 36;
    private const int TagHeight = 24;
    private const int ItemGap = 4;
    private const int Icon = 14;

    public static int WidthOf(MarbleMark mark) => mark.Shape switch
    {
        MarbleShape.Item => ItemWidth(mark.Labels[0]),
        MarbleShape.Poll or MarbleShape.Write or MarbleShape.WriteBegun or MarbleShape.WriteEnded => BatchWidth(mark.Labels),
        MarbleShape.Failed => 22,
        MarbleShape.Completed => 10,
        MarbleShape.Crashed => SvgText.WidthOf("crash"),
        MarbleShape.Opened or MarbleShape.Ack or MarbleShape.Commit or MarbleShape.CommitEnded => TagWidth(mark) + Icon,
        _ => TagWidth(mark),
    };

    public static void Draw(SvgText svg, int x, int y, MarbleMark mark)
    {
        svg.BeginGroup(mark.Event.ToString());
        switch (mark.Shape)
        {
            case MarbleShape.Item:
                Item(svg, x, y, mark.Labels[0]);
                break;
            case MarbleShape.Poll or MarbleShape.Write or MarbleShape.WriteBegun or MarbleShape.WriteEnded:
                Batch(svg, x, y, mark);
                break;
            case MarbleShape.Failed:
                svg.Path($"M{x - 9} {y - 9}L{x + 9} {y + 9}M{x - 9} {y + 9}L{x + 9} {y - 9}", "failed");
                break;
            case MarbleShape.Completed:
                svg.Path($"M{x} {y - 15}V{y + 15}", "end");
                break;
            default:
                Tag(svg, x, y, mark);
                break;
        }

        svg.EndGroup();
    }

    public static void Crash(SvgText svg, int x, int top, int bottom, MarbleMark mark)
    {
        svg.BeginGroup(mark.Event.ToString());
        svg.Path($"M{x} {top}V{bottom}", "crash");
        svg.Middle(x, bottom + 15, "crash", "crashed");
        svg.EndGroup();
    }

    private static void Item(SvgText svg, int x, int y, string label)
    {
        var width = ItemWidth(label);
        svg.Box(x - (width / 2), y - (Round / 2), width, Round, Round / 2, svg.ColorOf(label));
        svg.Middle(x, y + 4, label, "item");
    }

    private static void Batch(SvgText svg, int x, int y, MarbleMark mark)
    {
        var width = WidthOf(mark);
        var height = mark.Labels.Count > 0 ? BoxHeight : 20;
        var style = mark.Shape switch
        {
            MarbleShape.Poll when mark.Labels.Count == 0 => "empty",
            MarbleShape.Poll => "poll",
            MarbleShape.WriteBegun => "begun",
            _ => "write",
        };
        var left = x - (width / 2);
        svg.Box(left, y - (height / 2), width, height, mark.Labels.Count > 0 ? 10 : 5, style);
        left += 6;
        foreach (var label in mark.Labels)
        {
            var part = ItemWidth(label);
            Item(svg, left + (part / 2), y, label);
            left += part + ItemGap;
        }
    }

    private static void Tag(SvgText svg, int x, int y, MarbleMark mark)
    {
        var width = WidthOf(mark);
        var left = x - (width / 2);
        var (style, icon) = mark.Shape switch
        {
            MarbleShape.Snapshot => ("snapshot", ""),
            MarbleShape.Opened => ("opened", $"M{left + 8} {y - 5}L{left + 16} {y}L{left + 8} {y + 5}Z"),
            MarbleShape.Ack => ("ack", Check(left, y)),
            MarbleShape.CommitBegun => ("committing", ""),
            MarbleShape.Commit or MarbleShape.CommitEnded => ("commit", Check(left, y)),
            _ => ("note", ""),
        };
        svg.Box(left, y - (TagHeight / 2), width, TagHeight, 5, style);
        if (icon.Length > 0)
        {
            svg.Path(icon, "icon");
        }

        svg.Middle(x + (icon.Length > 0 ? Icon / 2 : 0), y + 4, string.Join(' ', mark.Labels), "item");
    }

    private static string Check(int left, int y) => $"M{left + 7} {y}L{left + 11} {y + 4}L{left + 17} {y - 5}";

    private static int ItemWidth(string label) => label.Length <= 2 ? Round : SvgText.WidthOf(label) + 16;

    private static int BatchWidth(IReadOnlyList<string> labels) =>
        labels.Count == 0 ? 20 : labels.Sum(ItemWidth) + ((labels.Count - 1) * ItemGap) + 12;

    private static int TagWidth(MarbleMark mark) => SvgText.WidthOf(string.Join(' ', mark.Labels)) + 16;
}
