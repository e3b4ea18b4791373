using System.Text;

namespace Rx.Connectors.Testing;

/// <summary>Draws a diagram in plain text.</summary>
internal static class MarbleText
{
    private const int MostGap = 24;

    private static readonly (string Signs, MarbleShape[] Shapes)[] _signs =
    [
        ("[..] poll", [MarbleShape.Poll]),
        ("(..) write", [MarbleShape.Write]),
        ("(..? write begun", [MarbleShape.WriteBegun]),
        ("..) write confirmed", [MarbleShape.WriteEnded]),
        ("@ snapshot", [MarbleShape.Snapshot]),
        ("<..> commit", [MarbleShape.Commit]),
        ("<..? commit begun", [MarbleShape.CommitBegun]),
        ("..> committed", [MarbleShape.CommitEnded]),
        ("! ack", [MarbleShape.Ack]),
        ("^ goes on from", [MarbleShape.Opened]),
        ("{..} other", [MarbleShape.Note]),
        ("X failure", [MarbleShape.Failed]),
        ("X on all rows: crash", [MarbleShape.Crashed]),
        ("| end", [MarbleShape.Completed]),
    ];

    public static string Draw(MarbleRows rows, MarbleOptions options)
    {
        var text = new StringBuilder();
        if (options.Title is { } title)
        {
            text.Append(title.ReplaceLineEndings(" ")).Append('\n');
        }

        var unit = MarbleMoment.UnitOf(rows.Moments);
        var margin = rows.Titles.Append(unit.Name).Max(static one => one.Length) + 2;
        var ends = Enumerable.Range(0, rows.Titles.Count).Select(row => rows.Marks.LastOrDefault(one => one.Row == row)).ToArray();
        foreach (var part in Parts(rows.Moments, options.TextWidth - margin - 1))
        {
            if (part.From > 0)
            {
                text.Append('\n');
            }

            Draw(text, rows, part.From, part.Columns, unit, margin, ends);
        }

        var shapes = rows.Marks.Select(static one => one.Shape).ToHashSet();
        var signs = _signs.Where(one => one.Shapes.Any(shapes.Contains)).Select(static one => one.Signs).ToArray();
        return (signs.Length > 0 ? text.Append(string.Join("   ", signs)).Append('\n') : text).ToString();
    }

    /// <summary>What a mark looks like.</summary>
    internal static string Of(MarbleMark mark)
    {
        var labels = string.Join(' ', mark.Labels);
        return mark.Shape switch
        {
            MarbleShape.Poll => $"[{labels}]",
            MarbleShape.Write => $"({labels})",
            MarbleShape.WriteBegun => $"({labels}?",
            MarbleShape.WriteEnded => $"{labels})",
            MarbleShape.Snapshot => $"@{labels}",
            MarbleShape.Commit => $"<{labels}>",
            MarbleShape.CommitBegun => $"<{labels}?",
            MarbleShape.CommitEnded => $"{labels}>",
            MarbleShape.Ack => $"!{labels}",
            MarbleShape.Opened => $"^{labels}",
            MarbleShape.Note => $"{{{labels}}}",
            MarbleShape.Failed or MarbleShape.Crashed => "X",
            MarbleShape.Completed => "|",
            _ => labels,
        };
    }

    // Each part has as many moments as fit beside each other.
    private static IEnumerable<(int From, Column[] Columns)> Parts(IReadOnlyList<MarbleMoment> moments, int width)
    {
        var unit = MarbleMoment.UnitOf(moments);
        var widths = moments
            .Select(one => Math.Max(one.Widths(static mark => Of(mark).Length).Sum() + one.Slots, one.LabelIn(unit).Length + 1) + 1)
            .ToArray();
        for (var from = 0; from < moments.Count;)
        {
            var count = 1;
            for (var sum = widths[from]; from + count < moments.Count && sum + widths[from + count] <= width; count++)
            {
                sum += widths[from + count];
            }

            var placed = MarbleAxis.Place(
                [.. moments.Skip(from).Take(count).Select(static one => one.Time)],
                [.. widths.Skip(from).Take(count - 1)], MostGap, width - widths[from + count - 1]);
            var columns = new Column[count];
            for (var i = 0; i < count; i++)
            {
                var (distance, isCompressed) = i < count - 1 ? placed[i] : (widths[from + i], false);
                columns[i] = new Column(moments[from + i], distance, isCompressed);
            }

            yield return (from, columns);
            from += count;
        }
    }

    private static void Draw(
        StringBuilder text, MarbleRows rows, int from, Column[] columns, (string Name, long Ticks) unit, int margin, MarbleMark?[] ends)
    {
        Line(text, unit.Name.PadRight(margin) + string.Concat(columns.Select(one => one.Moment.LabelIn(unit).PadRight(one.Width))));
        for (var row = 0; row < rows.Titles.Count; row++)
        {
            var line = new StringBuilder(rows.Titles[row].PadRight(margin));
            var isOver = ends[row] is { EndsRow: true } end && end.Event.Time < columns[0].Moment.Time;
            foreach (var column in columns)
            {
                isOver = Draw(line, column, row, isOver, ends[row]);
            }

            Line(text, isOver ? line.ToString() : line.Append('>').ToString());
        }
    }

    private static bool Draw(StringBuilder line, Column column, int row, bool isOver, MarbleMark? end)
    {
        var start = line.Length;
        var widths = column.Moment.Widths(static mark => Of(mark).Length);
        var isFirst = true;
        for (var slot = 0; slot < widths.Length; slot++)
        {
            var mark = column.Moment.Marks.Find(one => one.Slot == slot && (one.Row == row || one.Row < 0));
            var sign = mark is null ? "" : Of(mark);
            if (mark is not null && !isFirst && line[^1] is '-')
            {
                line[^1] = ',';
            }

            isFirst &= mark is null;
            line.Append(sign);
            isOver |= mark is { EndsRow: true } && mark == end;
            line.Append(isOver ? ' ' : '-', widths[slot] - sign.Length + 1);
        }

        var rest = start + column.Width - line.Length;
        if (rest > 0)
        {
            line.Append(isOver ? ' ' : '-', rest);
        }

        if (column.IsCompressed && !isOver)
        {
            line[^2] = '~';
        }

        return isOver;
    }

    private static void Line(StringBuilder text, string line) => text.Append(line.TrimEnd()).Append('\n');

    private sealed record Column(MarbleMoment Moment, int Width, bool IsCompressed);
}
