using Rx.Connectors.Sources;
using Xunit;

namespace Rx.Connectors.Tests.Sources;

public sealed class PolledTests
{
    [Fact]
    public void An_item_converts_and_null_is_nothing()
    {
        Polled<string> item = "a";
        Polled<string> none = null;
        Assert.True(item.HasItem);
        Assert.Equal("a", item.Item);
        Assert.Equal(Polled<string>.Nothing, none);
        Assert.Equal(default, Polled<string>.Nothing);
    }

    [Fact]
    public void The_default_of_a_struct_is_an_item()
    {
        Polled<int> zero = 0;
        Assert.True(zero.HasItem);
        Assert.NotEqual(Polled<int>.Nothing, zero);
    }

    [Fact]
    public void From_wraps_what_is_known_by_its_interface() =>
        Assert.True(Polled<IReadOnlyList<int>>.From([1]).HasItem);

    [Fact]
    public void End_and_nothing_differ_and_hold_no_item()
    {
        Assert.True(Polled<int>.End.IsEnd);
        Assert.False(Polled<int>.Nothing.IsEnd);
        Assert.NotEqual(Polled<int>.End, Polled<int>.Nothing);
        Assert.Throws<InvalidOperationException>(() => Polled<int>.Nothing.Item);
        Assert.Throws<InvalidOperationException>(() => Polled<int>.End.Item);
    }

    [Fact]
    public void ToString_says_which_it_is()
    {
        Assert.Equal("7", Polled<int>.From(7).ToString());
        Assert.Equal("nothing", Polled<int>.Nothing.ToString());
        Assert.Equal("end", Polled<int>.End.ToString());
        Assert.Equal("retry after 00:00:01", Polled<int>.Retry(TimeSpan.FromSeconds(1)).ToString());
    }
}
