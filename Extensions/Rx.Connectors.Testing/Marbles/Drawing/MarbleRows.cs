namespace Rx.Connectors.Testing;

/// <summary>The rows of a diagram and what is in them.</summary>
internal sealed class MarbleRows
{
    private const int Clients = 0;
    private const int Queries = 1;
    private const int Polls = 2;
    private const int Writes = 3;
    private const int Snapshots = 4;
    private const int Commits = 5;
    private const int Acks = 6;
    private const int Others = 7;

    private MarbleRows(string[] titles, IReadOnlyList<MarbleMoment> moments)
    {
        Titles = titles;
        Moments = moments;
    }

    public IReadOnlyList<string> Titles { get; }

    public IReadOnlyList<MarbleMoment> Moments { get; }

    public IEnumerable<MarbleMark> Marks => Moments.SelectMany(static one => one.Marks);

    public static MarbleRows Of(IEnumerable<RecordedEvent> all, MarbleOptions options)
    {
        var events = all.OrderBy(static one => one.Time).ToArray();
        var homes = events.Where(static one => one.Kind != RecordedKind.Crashed).GroupBy(static one => one.Lane)
            .ToDictionary(static lane => lane.Key, static lane => lane.Min(static one => KindOf(one.Kind)));
        int RowKind(RecordedEvent one) => KindOf(one.Kind) == Others ? homes[one.Lane] : KindOf(one.Kind);
        var shown = events.Where(one => options.Kinds.Contains(one.Kind) && (one.Kind == RecordedKind.Crashed || IsShown(one, RowKind(one))))
            .ToArray();
        var rows = shown.Where(static one => one.Kind != RecordedKind.Crashed)
            .Select(one => (one.Lane, Kind: RowKind(one))).Distinct().OrderBy(static row => row.Kind).ToList();
        var marks = new List<MarbleMark>();
        var last = new int[rows.Count];
        Array.Fill(last, -1);
        foreach (var one in shown)
        {
            var row = one.Kind == RecordedKind.Crashed ? -1 : rows.IndexOf((one.Lane, RowKind(one)));
            if (row >= 0 && last[row] >= 0 && Joined(marks[last[row]], one) is { } joined)
            {
                marks[last[row]] = joined;
                continue;
            }

            if (row >= 0)
            {
                last[row] = marks.Count;
            }

            marks.Add(new MarbleMark(row, ShapeOf(one.Kind), one));
        }

        return new MarbleRows([.. rows.Select(static row => TitleOf(row.Lane, row.Kind))], MarbleMoment.Of(marks));
    }

    private static bool IsShown(RecordedEvent one, int rowKind) =>
        one.Kind != RecordedKind.Opened || (rowKind is Polls or Writes or Snapshots && one.Items.Count > 0);

    // What began and ended at the same time is one thing.
    private static MarbleMark? Joined(MarbleMark last, RecordedEvent one) => (last.Shape, one.Kind) switch
    {
        _ when last.Event.Time != one.Time => null,
        (MarbleShape.WriteBegun, RecordedKind.Confirmed) when last.Event.Items.SequenceEqual(one.Items) =>
            new MarbleMark(last.Row, MarbleShape.Write, last.Event),
        (MarbleShape.CommitBegun, RecordedKind.Committed) => new MarbleMark(last.Row, MarbleShape.Commit, last.Event),
        _ => null,
    };

    private static int KindOf(RecordedKind kind) => kind switch
    {
        RecordedKind.Delivered => Clients,
        RecordedKind.Queried => Queries,
        RecordedKind.Polled or RecordedKind.Awake => Polls,
        RecordedKind.Writing or RecordedKind.Confirmed or RecordedKind.Flushed => Writes,
        RecordedKind.Snapshot => Snapshots,
        RecordedKind.Committing or RecordedKind.Committed => Commits,
        RecordedKind.Acknowledged => Acks,
        _ => Others,
    };

    private static MarbleShape ShapeOf(RecordedKind kind) => kind switch
    {
        RecordedKind.Delivered or RecordedKind.Queried => MarbleShape.Item,
        RecordedKind.Polled => MarbleShape.Poll,
        RecordedKind.Writing => MarbleShape.WriteBegun,
        RecordedKind.Confirmed => MarbleShape.WriteEnded,
        RecordedKind.Snapshot => MarbleShape.Snapshot,
        RecordedKind.Committing => MarbleShape.CommitBegun,
        RecordedKind.Committed => MarbleShape.CommitEnded,
        RecordedKind.Acknowledged => MarbleShape.Ack,
        RecordedKind.Opened => MarbleShape.Opened,
        RecordedKind.Failed => MarbleShape.Failed,
        RecordedKind.Completed => MarbleShape.Completed,
        RecordedKind.Crashed => MarbleShape.Crashed,
        _ => MarbleShape.Note,
    };

    private static string TitleOf(string lane, int kind)
    {
        var what = kind switch
        {
            Polls => " polls",
            Writes => " writes",
            Snapshots => " snapshots",
            Commits => " commits",
            Acks => " acks",
            _ => "",
        };
        return string.Concat(lane.Select(static one => char.IsControl(one) ? '?' : one)) + what;
    }
}
