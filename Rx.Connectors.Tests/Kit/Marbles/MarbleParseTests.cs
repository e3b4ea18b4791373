using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Kit.Drawing;

public sealed class MarbleParseTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("---", "")]
    [InlineData("-a-b-(cd)-|", "10 a, 30 b, 50 c, 50 d, 70 End")]
    [InlineData("ab|", "0 a, 10 b, 20 End")]
    [InlineData("a - b - #", "0 a, 20 b, 40 Fail")]
    [InlineData("-(a|)", "10 a, 10 End")]
    [InlineData("-(a#) ", "10 a, 10 Fail")]
    [InlineData("()a", "10 a")]
    public void Parse_reads_marbles(string marbles, string steps) => Assert.Equal(
        steps,
        string.Join(", ", Marbles.Parse(marbles).Steps.Select(one =>
            $"{one.At.Ticks} {(one.Kind == ClientStepKind.Deliver ? one.Item : one.Kind.ToString())}")));

    [Theory]
    [InlineData("-^a", 1, "'^' is not supported")]
    [InlineData("-a!", 2, "'!' is not supported")]
    [InlineData("a|b", 2, "nothing may come after '|' but spaces")]
    [InlineData("a#|", 2, "nothing may come after '#' but spaces")]
    [InlineData("(a|b)", 3, "nothing may come after '|' but spaces")]
    [InlineData("(a", 0, "the group that opens here is not closed")]
    [InlineData("(a|", 0, "the group that opens here is not closed")]
    [InlineData("a)", 1, "no group is open here")]
    [InlineData("a|)", 2, "nothing may come after '|' but spaces")]
    [InlineData("(a(b))", 2, "a group must not hold another")]
    [InlineData("(a-b)", 2, "no frame passes inside a group")]
    public void Parse_bad_says_where_and_what_is_allowed(string marbles, int position, string problem) => Assert.Equal(
        $"\"{marbles}\", position {position}: {problem}; allowed are '-' (a frame passes), letters and digits (items), " +
        "'(..)' (all in one frame), '|' (end), '#' (error) and spaces.",
        Assert.Throws<FormatException>(() => Marbles.Parse(marbles)).Message);

    [Fact]
    public void Parse_values_stand_for_letters()
    {
        var error = new IOException("gone");
        var script = Marbles.Parse("-a-b#", new Dictionary<char, int> { ['b'] = 2, ['a'] = 1 }, TimeSpan.FromSeconds(1), error);
        Assert.Equal([1, 2, 0], script.Steps.Select(one => one.Item));
        Assert.Equal(TimeSpan.FromSeconds(3), script.Steps[1].At);
        Assert.Same(error, script.Steps[2].Error);
        Assert.StartsWith(
            "\"-c\", position 1: 'c' has no item; there are items for 'a', 'b'; allowed",
            Assert.Throws<FormatException>(() => Marbles.Parse("-c", new Dictionary<char, int> { ['b'] = 2, ['a'] = 1 })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_a_frame_must_be_more_than_zero() =>
        Assert.Throws<ArgumentOutOfRangeException>("frame", () => Marbles.Parse("a", TimeSpan.Zero));

    [Fact]
    public void Script_is_immutable_and_refuses_what_cannot_be()
    {
        var start = ClientScript.Of<int>().Deliver(TimeSpan.FromTicks(5), 1, 2);
        var ended = start.End(TimeSpan.FromTicks(5));
        Assert.Equal((2, 3), (start.Steps.Count, ended.Steps.Count));
        Assert.Throws<ArgumentOutOfRangeException>("at", () => start.Deliver(TimeSpan.FromTicks(4), 3));
        Assert.Throws<ArgumentOutOfRangeException>("at", () => ClientScript.Of<int>().End(TimeSpan.FromTicks(-1)));
        Assert.Contains("ends here", Assert.Throws<InvalidOperationException>(() => ended.Deliver(TimeSpan.FromTicks(9), 3)).Message, StringComparison.Ordinal);
        Assert.Contains("hangs here", Assert.Throws<InvalidOperationException>(() => start.Hang().End(TimeSpan.FromTicks(9))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "fails here",
            Assert.Throws<InvalidOperationException>(() => start.Fail(TimeSpan.FromTicks(9), new IOException()).Hang()).Message,
            StringComparison.Ordinal);
    }
}
