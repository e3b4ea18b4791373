using Rx.Connectors.Testing;
using Xunit;
using static Rx.Connectors.Testing.RecordedKind;

namespace Rx.Connectors.Tests.Kit.Drawing;

public sealed class MarbleTextTests
{
    [Fact]
    public void ToText_draws_each_kind_in_its_row_over_one_axis() => Assert.Equal(
        "us              1      2      3      4\n" +
        "client          a------b------|\n" +
        "query           -------B------------------->\n" +
        "in/a polls      []------------[a b]--|\n" +
        "out/o writes    --------------(a b?--a b)-->\n" +
        "in/a snapshots  ---------------------@2---->\n",
        Text(
            (10, "client", Delivered, ["a"]), (10, "in/a", Polled, []), (20, "client", Delivered, ["b"]), (20, "query", Queried, ["B"]),
            (30, "client", Completed, []), (30, "in/a", Polled, ["a", "b"]), (30, "out/o", Writing, ["a", "b"]),
            (40, "out/o", Confirmed, ["a", "b"]), (40, "in/a", Completed, []), (40, "in/a", Snapshot, ["2"])));

    [Fact]
    public void ToText_what_began_and_ended_at_once_is_one_sign() => Assert.Equal(
        "ticks          1\n" +
        "out/o writes   (a)-->\n" +
        "store commits  <1>-->\n" +
        "in/a acks      !2--->\n",
        Text(
            (1, "out/o", Writing, ["a"]), (1, "out/o", Confirmed, ["a"]), (1, "store", Committing, ["1", "in/a=2"]),
            (1, "store", Committed, ["1"]), (1, "in/a", Acknowledged, ["2"])));

    [Fact]
    public void ToText_a_crash_goes_through_all_rows_and_a_row_goes_on_after_it() => Assert.Equal(
        "ticks         1  2  3\n" +
        "in/a polls    X--X--^5--->\n" +
        "out/o writes  ---X--(a?-->\n",
        Text(
            (1, "in/a", Failed, ["x"]), (1, "in/a", Awake, []), (2, "run", Crashed, []), (3, "in/a", Opened, ["5"]),
            (3, "out/o", Writing, ["a"])));

    [Fact]
    public void ToText_time_is_compressed_where_nothing_happens()
    {
        var text = Text([.. Enumerable.Range(0, 6).Select(i => ((i * 10L) + (i > 3 ? 1_000_000 : 0), "c", Delivered, new[] { "a" }))]);
        Assert.Equal("us  0       1       2       3       100004  100005\nc   a-------a-------a-------a-----~-a-------a------->\n", text);
    }

    [Fact]
    public void ToText_long_ones_go_on_below()
    {
        var events = Enumerable.Range(0, 60).Select(i => ((long)i, "client", Delivered, new[] { $"i{i}" })).ToArray();
        var lines = MarbleDiagram.Of(Events(events), new MarbleOptions { TextWidth = 60 }).ToText().Split('\n');
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 60));
        Assert.Equal(
            Enumerable.Range(0, 60).Select(i => $"i{i}"),
            lines.Where(line => line.StartsWith("client", StringComparison.Ordinal))
                .SelectMany(line => line[8..].Split(['-', '>'], StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public void ToText_shortens_what_is_long()
    {
        var text = Text((1, "in/a", Polled, [.. Enumerable.Range(0, 100).Select(i => $"{i}")]), (2, "client", Delivered, ["a b\nc" + new string('x', 50)]));
        Assert.Contains("[0 1 2 3 4 +95]", text, StringComparison.Ordinal);
        Assert.Contains("\"a b\\ncxxxxxxx..\"", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10_000_000, "s")]
    [InlineData(10_000, "ms")]
    [InlineData(10, "us")]
    [InlineData(1, "ticks")]
    public void ToText_times_are_whole_numbers_of_a_unit(long ticks, string unit) =>
        Assert.StartsWith($"{unit}  ", Text((0, "c", Delivered, ["a"]), (ticks * 3, "c", Delivered, ["b"])), StringComparison.Ordinal);

    [Fact]
    public void ToText_of_nothing_is_nothing() => Assert.Equal("", Text().Trim());

    [Fact]
    public void ToText_explains_the_signs_that_are_there_and_no_others()
    {
        var text = MarbleDiagram.Of(Events((1, "in/a", Polled, []), (2, "in/a", Failed, ["x"]))).ToString();
        Assert.EndsWith("\n[..] poll   X failure\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_bad_option_is_named()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => MarbleDiagram.Of([], new MarbleOptions { TextWidth = 39 }));
        Assert.Contains("MarbleOptions.TextWidth must be at least 40", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_draws_the_kinds_that_are_asked_for() => Assert.Equal(
        "ticks       1\nin/a polls  {30}-->\n",
        Text(new MarbleOptions { Kinds = [Awake] }, (1, "in/a", Awake, ["30"]), (2, "in/a", Polled, ["a"])));

    internal static IEnumerable<RecordedEvent> Events(params (long Time, string Lane, RecordedKind Kind, string[] Items)[] events) =>
        events.Select(one => new RecordedEvent(one.Time, one.Lane, one.Kind, one.Items));

    private static string Text(params (long Time, string Lane, RecordedKind Kind, string[] Items)[] events) => Text(null, events);

    // Without the line that explains the signs.
    private static string Text(MarbleOptions? options, params (long Time, string Lane, RecordedKind Kind, string[] Items)[] events)
    {
        var lines = MarbleDiagram.Of(Events(events), options).ToText().Split('\n');
        var hasSigns = lines.Length > 1 && lines[^2].Length > 0 && "[(<.@!^{X|".Contains(lines[^2][0], StringComparison.Ordinal);
        return string.Concat(lines.SkipLast(hasSigns ? 2 : 1).Select(line => $"{line}\n"));
    }
}
