using Rx.Connectors.Scheduling;
using Xunit;

namespace Rx.Connectors.Tests.Scheduling;

public sealed class BackoffTests
{
    [Fact]
    public void Defaults_are_pinned()
    {
        var options = new BackoffOptions();
        Assert.Equal(TimeSpan.FromMilliseconds(200), options.BaseDelay);
        Assert.Equal(TimeSpan.FromSeconds(30), options.MaxDelay);
        Assert.True(options.Jitter);
        Assert.Null(options.Seed);
        Assert.Equal(TimeSpan.FromDays(1), BackoffOptions.LongestDelay);
    }

    [Fact]
    public void Null_stands_for_the_defaults()
    {
        var settings = BackoffOptions.Check(null, "options.Backoff");
        Assert.Equal(TimeSpan.FromMilliseconds(200), settings.BaseDelay);
        Assert.Equal(TimeSpan.FromSeconds(30), settings.MaxDelay);
        Assert.True(settings.Jitter);
        Assert.Null(settings.Seed);
    }

    [Theory]
    [InlineData(0L, 10L, "options.Backoff.BaseDelay")]
    [InlineData(-1L, 10L, "options.Backoff.BaseDelay")]
    [InlineData(10L, 9L, "options.Backoff.MaxDelay")]
    [InlineData(10L, TimeSpan.TicksPerDay + 1, "options.Backoff.MaxDelay")]
    public void Bad_option_is_refused_by_name(long baseDelay, long maxDelay, string parameter)
    {
        var options = new BackoffOptions
        {
            BaseDelay = TimeSpan.FromTicks(baseDelay),
            MaxDelay = TimeSpan.FromTicks(maxDelay),
        };
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => BackoffOptions.Check(options, "options.Backoff"));
        Assert.Equal(parameter, refused.ParamName);
    }

    [Fact]
    public void Refusal_says_what_is_allowed()
    {
        var options = new BackoffOptions { BaseDelay = TimeSpan.FromSeconds(2), MaxDelay = TimeSpan.FromSeconds(1) };
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => BackoffOptions.Check(options, "options.Backoff"));
        Assert.StartsWith(
            "BackoffOptions.MaxDelay must be at least BaseDelay, which is 00:00:02, and at most 1.00:00:00.", refused.Message);
    }

    [Fact]
    public void Without_jitter_the_wait_doubles_up_to_the_limit()
    {
        var backoff = Make(new BackoffOptions
        {
            BaseDelay = TimeSpan.FromMilliseconds(200),
            MaxDelay = TimeSpan.FromSeconds(1),
            Jitter = false,
        });
        Assert.Equal([200, 400, 800, 1000, 1000], Take(backoff, 5).Select(wait => wait.TotalMilliseconds));
        Assert.Equal(5, backoff.Failures);
    }

    [Fact]
    public void Reset_begins_again()
    {
        var backoff = Make(new BackoffOptions { Jitter = false });
        var first = Take(backoff, 4);
        backoff.Reset();
        Assert.Equal(0, backoff.Failures);
        Assert.Equal(first, Take(backoff, 4));
    }

    [Fact]
    public void Long_series_never_passes_the_limit_nor_overflows()
    {
        var backoff = Make(new BackoffOptions { BaseDelay = TimeSpan.FromTicks(1), MaxDelay = BackoffOptions.LongestDelay });
        Assert.All(Take(backoff, 10_000), wait => Assert.InRange(wait, TimeSpan.Zero, BackoffOptions.LongestDelay));
        Assert.Equal(10_000, backoff.Failures);
    }

    [Fact]
    public void Jitter_uses_the_whole_range()
    {
        var limit = TimeSpan.FromSeconds(1);
        var backoff = Make(new BackoffOptions { BaseDelay = limit, MaxDelay = limit, Seed = 7 });
        var waits = Take(backoff, 1_000);
        Assert.All(waits, wait => Assert.InRange(wait, TimeSpan.Zero, limit));
        Assert.Contains(waits, wait => wait < 0.1 * limit);
        Assert.Contains(waits, wait => wait > 0.9 * limit);
        Assert.InRange(waits.Average(wait => wait.TotalSeconds), 0.45, 0.55);
    }

    [Fact]
    public void Same_seed_waits_the_same_and_another_does_not()
    {
        Assert.Equal(Take(Make(new BackoffOptions { Seed = 1 }), 20), Take(Make(new BackoffOptions { Seed = 1 }), 20));
        Assert.NotEqual(Take(Make(new BackoffOptions { Seed = 1 }), 20), Take(Make(new BackoffOptions { Seed = 2 }), 20));
    }

    private static Backoff Make(BackoffOptions options) => new(BackoffOptions.Check(options, "options"));

    private static List<TimeSpan> Take(Backoff backoff, int count) => [.. Enumerable.Range(0, count).Select(_ => backoff.Next())];
}
