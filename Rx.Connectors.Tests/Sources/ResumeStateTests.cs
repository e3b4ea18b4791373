using Rx.Connectors.Sources;
using Xunit;

namespace Rx.Connectors.Tests.Sources;

public sealed class ResumeStateTests
{
    [Fact]
    public void None_is_not_the_default_of_a_struct()
    {
        ResumeState<long> zero = 0;
        Assert.True(zero.HasValue);
        Assert.False(ResumeState<long>.None.HasValue);
        Assert.True(zero != ResumeState<long>.None);
        Assert.False(zero == ResumeState<long>.None);
        Assert.Equal(default, ResumeState<long>.None);
    }

    [Fact]
    public void A_null_that_was_stored_is_a_position()
    {
        ResumeState<string?> stored = (string?)null;
        Assert.True(stored.HasValue);
        Assert.Null(stored.Value);
        Assert.NotEqual(ResumeState<string?>.None, stored);
    }

    [Fact]
    public void Value_of_none_is_refused() => Assert.Throws<InvalidOperationException>(() => ResumeState<int>.None.Value);

    [Fact]
    public void TryGetValue_tells_the_position_or_that_there_is_none()
    {
        Assert.True(new ResumeState<int>(3).TryGetValue(out var three));
        Assert.Equal(3, three);
        Assert.False(ResumeState<int>.None.TryGetValue(out var zero));
        Assert.Equal(0, zero);
    }

    [Fact]
    public void GetValueOrDefault_falls_back_only_where_there_is_none()
    {
        Assert.Equal(0, new ResumeState<int>(0).GetValueOrDefault(5));
        Assert.Equal(5, ResumeState<int>.None.GetValueOrDefault(5));
    }

    [Fact]
    public void Select_turns_a_position_into_another_and_leaves_none()
    {
        Assert.Equal("3", new ResumeState<int>(3).Select(i => $"{i}"));
        Assert.Equal(ResumeState<string>.None, ResumeState<int>.None.Select<string>(_ => throw new InvalidDataException()));
        Assert.Throws<ArgumentNullException>("selector", () => ResumeState<int>.None.Select<int>(null!));
    }

    [Fact]
    public void Equal_positions_are_equal_and_hash_alike()
    {
        Assert.Equal(new ResumeState<string>("a"), new ResumeState<string>("a"));
        Assert.Equal(new ResumeState<string>("a").GetHashCode(), new ResumeState<string>("a").GetHashCode());
        Assert.True(new ResumeState<string>("a").Equals((object)new ResumeState<string>("a")));
        Assert.False(new ResumeState<string>("a").Equals((object)"a"));
        Assert.NotEqual(new ResumeState<string>("a"), new ResumeState<string>("b"));
    }

    [Fact]
    public void ToString_says_the_position_or_none()
    {
        Assert.Equal("12", new ResumeState<int>(12).ToString());
        Assert.Equal("none", ResumeState<int>.None.ToString());
    }
}
