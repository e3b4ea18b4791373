using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Tests.Recovery;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

/// <summary>Each option that is out of its range is refused at once, by one error that names it and says what is allowed.</summary>
public sealed class FlowOptionTests
{
    public static TheoryData<string, FlowOptions> Bad => new()
    {
        { "options.Workers|FlowOptions.Workers must be from 1 to 1024.", new() { Workers = 0 } },
        { "options.Workers|FlowOptions.Workers must be from 1 to 1024.", new() { Workers = 1025 } },
        { "options.ExchangeCapacity|FlowOptions.ExchangeCapacity must be 1 or more.", new() { ExchangeCapacity = 0 } },
        { "options.EpochInterval|FlowOptions.EpochInterval must be zero or more.", new() { EpochInterval = TimeSpan.FromTicks(-1) } },
        { "options.MaxEpochItems|FlowOptions.MaxEpochItems must be 1 or more, or null.", new() { MaxEpochItems = 0 } },
        { "options.ListTimeout|FlowOptions.ListTimeout must be more than zero and at most 1 day.", new() { ListTimeout = TimeSpan.Zero } },
        { "options.CloseTimeout|FlowOptions.CloseTimeout must be zero or more.", new() { CloseTimeout = TimeSpan.FromTicks(-1) } },
        { "options.ProgressInterval|FlowOptions.ProgressInterval must be more than zero.", new() { ProgressInterval = TimeSpan.Zero } },
        { "options.Recovery.Store|RecoveryOptions.Store must be a store.", With(new() { Store = null! }) },
        {
            "options.Recovery.MaxCommitRetryAttempts|RecoveryOptions.MaxCommitRetryAttempts must be zero or more.",
            With(new() { Store = new InMemoryRecoveryStore(), MaxCommitRetryAttempts = -1 })
        },
        {
            "options.Recovery.CommitBackoff.BaseDelay|BackoffOptions.BaseDelay must be more than zero.",
            With(new() { Store = new InMemoryRecoveryStore(), CommitBackoff = new BackoffOptions { BaseDelay = TimeSpan.Zero } })
        },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void Start_refuses_an_option_out_of_its_range(string expected, FlowOptions options)
    {
        var error = Assert.ThrowsAny<ArgumentException>(() => { _ = Flow().Start(options); });
        var (name, message) = (expected.Split('|')[0], expected.Split('|')[1]);
        Assert.Equal(name, error.ParamName);
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Input_refuses_restart_options_out_of_their_range()
    {
        var source = new Rig(("a", 1)).Source;
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new Dataflow("f").Input("in", source, new RestartOptions { MaxRetryAttempts = 0 }));
        Assert.Equal("restart.MaxRetryAttempts", error.ParamName);
        Assert.StartsWith("RestartOptions.MaxRetryAttempts must be 1 or more.", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentOutOfRangeException>(() => new Dataflow("f").Input(
            "in", source, new RestartOptions { Backoff = new BackoffOptions { MaxDelay = TimeSpan.FromTicks(1) } }));
        Assert.Equal("restart.Backoff.MaxDelay", error.ParamName);
    }

    [Fact]
    public void A_step_that_was_refused_for_its_options_leaves_its_id_free()
    {
        var source = new Rig(("a", 1)).Source;
        var flow = new Dataflow("f");
        Assert.ThrowsAny<ArgumentException>(() => flow.Input("in", source, new RestartOptions { MaxRetryAttempts = 0 }));
        _ = flow.Input("in", source);
    }

    [Fact]
    public void The_defaults_are_those_that_are_told()
    {
        var options = new FlowOptions();
        Assert.Equal((1, 4, 10, 30, 10, 1), (
            options.Workers, options.ExchangeCapacity, options.EpochInterval.TotalSeconds, options.ListTimeout.TotalSeconds,
            options.CloseTimeout.TotalSeconds, options.ProgressInterval.TotalSeconds));
        Assert.Null(options.Recovery);
        Assert.Null(options.MaxEpochItems);
        Assert.Null(options.Scheduler);
        var recovery = new RecoveryOptions { Store = new InMemoryRecoveryStore() };
        Assert.Equal((false, 8), (recovery.TakeOver, recovery.MaxCommitRetryAttempts));
        Assert.Null(recovery.CommitBackoff);
        Assert.Null(recovery.Serializer);
        Assert.Null(recovery.OnResume);
        var restart = new RestartOptions();
        Assert.Equal(10, restart.MaxRetryAttempts);
        Assert.Null(restart.Backoff);
        Assert.Null(restart.ShouldRetry);
    }

    [Fact]
    public void RestartOptions_by_default_try_everything_again_but_broken_rules()
    {
        var restart = new RestartOptions();
        Assert.True(restart.IsWorthARetry(new IOException()));
        Assert.True(restart.IsWorthARetry(new ObjectDisposedException("x")));
        Assert.False(restart.IsWorthARetry(new BrokenRule()));
    }

    [Fact]
    public void P8_a_flow_without_source_sink_or_with_a_step_id_twice_is_refused()
    {
        Assert.Throws<InvalidOperationException>(() => { _ = new Dataflow("f").Start(); });
        var flow = new Dataflow("f");
        var stream = flow.Input("in", new Rig(("a", 1)).Source);
        Assert.Throws<InvalidOperationException>(() => { _ = flow.Start(); });
        Assert.Contains("'in'", Assert.Throws<ArgumentException>(() => stream.Select(item => item, "in")).Message, StringComparison.Ordinal);
    }

    private static FlowOptions With(RecoveryOptions recovery) => new() { Recovery = recovery };

    private static Dataflow Flow()
    {
        var rig = new Rig(("a", 1));
        return rig.Flow();
    }

    private sealed class BrokenRule : Exception, IBreaksRule
    {
        public string Rule => "S6";
    }
}
