namespace Rx.Connectors.Testing;

/// <summary>Draws a diagram as a picture.</summary>
internal sealed class MarbleSvg
{
    private const int Edge = 22;
    private const int RowHeight = 46;
    private const int SlotGap = 6;
    private const int BandEdge = 6;
    private const int MomentGap = 20;
    private const int MostGap = 290;
    private const int MostWidth = 980;

    private readonly SvgText _svg = new();
    private readonly MarbleRows _rows;
    private readonly MarbleOptions _options;
    private readonly (string Name, long Ticks) _unit;
    private readonly int[] _halves;
    private readonly int[] _centers;
    private readonly bool[] _compressed;
    private readonly int _left;
    private readonly int _right;
    private readonly int _axis;
    private readonly int _top;
    private readonly int _bottom;

    private MarbleSvg(MarbleRows rows, MarbleOptions options)
    {
        _rows = rows;
        _options = options;
        _unit = MarbleMoment.UnitOf(rows.Moments);
        _halves = [.. rows.Moments.Select(one => (Math.Max(WidthOf(one), SvgText.WidthOf(one.LabelIn(_unit))) + 1) / 2)];
        var sides = rows.Moments.Select((one, i) => _halves[i] + (one.Slots > 1 ? BandEdge : 0)).ToArray();
        var needed = sides.Zip(sides.Skip(1), static (one, next) => one + next + MomentGap).ToArray();
        var placed = MarbleAxis.Place([.. rows.Moments.Select(static one => one.Time)], needed, MostGap, MostWidth);
        _left = Edge + rows.Titles.Append(_unit.Name).Max(SvgText.WidthOf) + 16;
        _centers = new int[_halves.Length];
        for (var i = 0; i < _centers.Length; i++)
        {
            _centers[i] = i == 0 ? _left + 14 + _halves[0] : _centers[i - 1] + placed[i - 1].Distance;
        }

        _compressed = [.. placed.Select(static one => one.IsCompressed)];
        _right = (_centers.Length > 0 ? _centers[^1] + _halves[^1] : _left) + 30;
        _axis = Edge + (options.Title is null ? 10 : 40);
        _top = _axis + 16;
        _bottom = _top + (RowHeight * rows.Titles.Count);
    }

    public static string Draw(MarbleRows rows, MarbleOptions options) => new MarbleSvg(rows, options).Draw();

    private string Draw()
    {
        var width = Math.Max(_right, Edge + SvgText.WidthOf(_options.Title ?? "")) + Edge;
        _svg.Begin(width, _bottom + (_rows.Marks.Any(static one => one.Row < 0) ? Edge + 8 : Edge - 4), _options.Title ?? "Marble diagram");
        if (_options.Title is { } title)
        {
            _svg.Text(Edge, Edge + 12, title, "title");
        }

        _svg.Text(Edge, _axis + 4, _unit.Name, "time");
        for (var i = 0; i < _centers.Length; i++)
        {
            Axis(i);
        }

        for (var row = 0; row < _rows.Titles.Count; row++)
        {
            Line(row);
        }

        for (var i = 0; i < _centers.Length; i++)
        {
            Marks(i);
        }

        return _svg.End();
    }

    private void Axis(int i)
    {
        var moment = _rows.Moments[i];
        if (moment.Slots > 1)
        {
            _svg.Box(_centers[i] - _halves[i] - BandEdge, _top - 4, 2 * (_halves[i] + BandEdge), _bottom - _top + 4, 8, "band");
        }
        else
        {
            _svg.Path($"M{_centers[i]} {_top - 4}V{_bottom}", "guide");
        }

        _svg.Middle(_centers[i], _axis + 4, moment.LabelIn(_unit), "time");
    }

    private void Line(int row)
    {
        var y = MiddleOf(row);
        _svg.Text(Edge, y + 4, _rows.Titles[row], "lane");
        var last = _rows.Marks.LastOrDefault(one => one.Row == row);
        var end = last is { EndsRow: true } ? CenterOf(last) : _right;
        _svg.Path(end < _right ? $"M{_left} {y}H{end}" : $"M{_left} {y}H{_right}M{_right - 7} {y - 4}L{_right} {y}L{_right - 7} {y + 4}", "line");
        for (var i = 0; i < _compressed.Length; i++)
        {
            var from = _centers[i] + _halves[i];
            var x = (from + _centers[i + 1] - _halves[i + 1]) / 2;
            if (_compressed[i] && x < end)
            {
                _svg.Box(x - 3, y - 3, 6, 6, 0, "gap");
                _svg.Path($"M{x - 5} {y + 6}L{x - 1} {y - 6}M{x + 1} {y + 6}L{x + 5} {y - 6}", "line");
            }
        }
    }

    private void Marks(int i)
    {
        foreach (var mark in _rows.Moments[i].Marks)
        {
            if (mark.Row < 0)
            {
                MarbleSvgMark.Crash(_svg, CenterOf(mark), _top - 4, _bottom, mark);
            }
            else
            {
                MarbleSvgMark.Draw(_svg, CenterOf(mark), MiddleOf(mark.Row), mark);
            }
        }
    }

    private int CenterOf(MarbleMark mark)
    {
        var i = 0;
        while (_rows.Moments[i].Time != mark.Event.Time)
        {
            i++;
        }

        var moment = _rows.Moments[i];
        var widths = moment.Widths(MarbleSvgMark.WidthOf);
        var start = _centers[i] - (WidthOf(moment) / 2) + widths.Take(mark.Slot).Sum() + (mark.Slot * SlotGap);
        // Things in a row stay close to each other, also where the rows below need more room.
        return start + ((moment.Slots > 1 && mark.Row >= 0 ? MarbleSvgMark.WidthOf(mark) : widths[mark.Slot]) / 2);
    }

    private int MiddleOf(int row) => _top + (row * RowHeight) + (RowHeight / 2);

    private static int WidthOf(MarbleMoment moment) =>
        moment.Widths(MarbleSvgMark.WidthOf).Sum() + ((moment.Slots - 1) * SlotGap);
}
