using System.Globalization;

namespace Rx.Connectors.Testing;

/// <summary>What happens at one time. Each mark has a slot: never two of a row in one, and none before what happened before it.</summary>
internal sealed class MarbleMoment(long time)
{
    public long Time => time;

    public List<MarbleMark> Marks { get; } = [];

    public int Slots => Marks[^1].Slot + 1;

    public static IReadOnlyList<MarbleMoment> Of(IEnumerable<MarbleMark> marks)
    {
        var moments = new List<MarbleMoment>();
        foreach (var mark in marks)
        {
            if (moments.Count == 0 || moments[^1].Time != mark.Event.Time)
            {
                moments.Add(new MarbleMoment(mark.Event.Time));
            }

            moments[^1].Add(mark);
        }

        return moments;
    }

    /// <summary>The unit in which all times are whole numbers, and how many ticks it has.</summary>
    public static (string Name, long Ticks) UnitOf(IEnumerable<MarbleMoment> moments)
    {
        var times = moments.Select(static one => one.Time).Where(static time => time != 0).ToArray();
        bool Whole(long ticks) => times.Length > 0 && Array.TrueForAll(times, time => time % ticks == 0);
        return Whole(TimeSpan.TicksPerSecond) ? ("s", TimeSpan.TicksPerSecond)
            : Whole(TimeSpan.TicksPerMillisecond) ? ("ms", TimeSpan.TicksPerMillisecond)
            : Whole(TimeSpan.TicksPerMicrosecond) ? ("us", TimeSpan.TicksPerMicrosecond)
            : ("ticks", 1);
    }

    public string LabelIn((string Name, long Ticks) unit) => (time / unit.Ticks).ToString(CultureInfo.InvariantCulture);

    /// <summary>The width of each slot: that of the widest mark in it.</summary>
    public int[] Widths(Func<MarbleMark, int> widthOf)
    {
        var widths = new int[Slots];
        foreach (var mark in Marks)
        {
            widths[mark.Slot] = Math.Max(widths[mark.Slot], widthOf(mark));
        }

        return widths;
    }

    private void Add(MarbleMark mark)
    {
        if (Marks.Count > 0)
        {
            var slot = Marks[^1].Slot;
            var isTaken = Marks.Exists(one => one.Slot == slot && (one.Row == mark.Row || one.Row < 0 || mark.Row < 0));
            mark.Slot = isTaken ? slot + 1 : slot;
        }

        Marks.Add(mark);
    }
}
