using System.Globalization;
using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Kit.Recordings;

public sealed class ComparingTests
{
    [Fact]
    public void ThrowIfDifferent_same_says_nothing() => Of("a", "b").ThrowIfDifferent(Of("a", "b"));

    [Fact]
    public void ThrowIfDifferent_points_at_the_first_difference()
    {
        var error = Assert.Throws<RecordingDifferenceException>(() => Of("a", "x", "c").ThrowIfDifferent(Of("a", "b", "c", "d")));
        Assert.Equal(1, error.Index);
        Assert.Equal(["b"], error.Expected!.Items);
        Assert.Equal(["x"], error.Actual!.Items);
        Assert.StartsWith(
            "The recordings differ first at event 1 (expected 4 events, actual 3):\n" +
            "      0           0 client delivered [a]\n" +
            "      1 expected: 10 client delivered [b]\n" +
            "      1   actual: 10 client delivered [x]\n",
            error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "      2 expected: nothing more\n      2   actual: 20 client delivered [c]\n")]
    [InlineData(false, "      2 expected: 20 client delivered [c]\n      2   actual: nothing more\n")]
    public void ThrowIfDifferent_tells_that_one_is_longer(bool longer, string lines)
    {
        var (here, there) = longer ? (Of("a", "b", "c"), Of("a", "b")) : (Of("a", "b"), Of("a", "b", "c"));
        var error = Assert.Throws<RecordingDifferenceException>(() => here.ThrowIfDifferent(there));
        Assert.Contains(lines, error.Message, StringComparison.Ordinal);
        Assert.Equal(longer, error.Expected is null);
    }

    [Fact]
    public void ThrowIfDifferent_shows_some_lines_before_not_all()
    {
        var many = Enumerable.Range(0, 40).Select(i => $"i{i}").ToArray();
        var error = Assert.Throws<RecordingDifferenceException>(() => Of(many).ThrowIfDifferent(Of([.. many[..30], "x"])));
        Assert.Contains("delivered [i22]", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("delivered [i21]", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("", "\"\"")]
    [InlineData(null, "null")]
    [InlineData("a b", "\"a b\"")]
    [InlineData("[a]", "\"[a]\"")]
    [InlineData("a\n\"\\\t\r", @"""a\n\""\\\t\r""")]
    [InlineData("é", "é")]
    [InlineData("\uD83D\uDE00 \0", @"""\uD83D\uDE00 \u0000""")]
    [InlineData(1.5, "1.5")]
    public void An_item_is_text_that_can_be_told_apart(object? item, string text) =>
        Assert.Equal($"0 client delivered [{text}]\n", Of(item).ToString());

    [Fact]
    public void An_item_is_text_without_a_culture()
    {
        var culture = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = "," } };
        try
        {
            Assert.Equal("0 client delivered [\"(1.5, 2.5)\"]\n", Of((1.5, 2.5)).ToString());
            Assert.Equal("0 client delivered [\"(1 2)\"]\n", Of(new List<int> { 1, 2 }).ToString());
            Assert.Equal(
                "0 client delivered [2026-01-02T03:04:05.0000001+00:00]\n",
                Of(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(1)).ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    private static Recording Of(params object?[] items)
    {
        var clock = new VirtualScheduler();
        var recording = new Recording(clock);
        for (var i = 0; i < items.Length; i++)
        {
            var item = items[i];
            clock.At(i * 10, () => recording.Add("client", RecordedKind.Delivered, item));
        }

        clock.Start();
        return recording;
    }
}
