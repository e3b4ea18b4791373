using System.Reactive.Linq;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sources;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>Bad options are refused by name where they are given, before any client is opened; defaults are what the docs say.</summary>
public sealed class OptionTests
{
    public static TheoryData<string, string, BridgeOptions> BadBridges => new()
    {
        { "options.MaxBatchSize", "BridgeOptions.MaxBatchSize must be at least 1.", new() { MaxBatchSize = 0 } },
        { "options.MaxBatchSize", "BridgeOptions.MaxBatchSize must be at least 1.", new() { MaxBatchSize = -5 } },
        {
            "options.MaxBatchDelay", "BridgeOptions.MaxBatchDelay must be zero, more, or Timeout.InfiniteTimeSpan.",
            new() { MaxBatchDelay = TimeSpan.FromSeconds(-5) }
        },
        { "options.Capacity", "BridgeOptions.Capacity must be at least MaxBatchSize, which is 100.", new() { Capacity = 99 } },
        {
            "options.Overflow", "BridgeOptions.Overflow must be one of Fail, Block, DropOldest, DropWrite.",
            new() { Overflow = (OverflowPolicy)9 }
        },
        {
            "options.StopTimeout", "BridgeOptions.StopTimeout must be from zero to a day, or Timeout.InfiniteTimeSpan.",
            new() { StopTimeout = TimeSpan.FromSeconds(-5) }
        },
        {
            "options.StopTimeout", "BridgeOptions.StopTimeout must be from zero to a day, or Timeout.InfiniteTimeSpan.",
            new() { StopTimeout = TimeSpan.FromDays(60) }
        },
    };

    public static TheoryData<string, string, WriteOptions> BadWrites => new()
    {
        { "options.MaxConcurrency", "WriteOptions.MaxConcurrency must be at least 1.", new() { MaxConcurrency = 0 } },
        {
            "options.Timeout", "WriteOptions.Timeout must be more than zero, or Timeout.InfiniteTimeSpan.",
            new() { Timeout = TimeSpan.Zero }
        },
        { "options.MaxRetryAttempts", "WriteOptions.MaxRetryAttempts must be at least 0.", new() { MaxRetryAttempts = -1 } },
        {
            "options.Backoff.BaseDelay", "BackoffOptions.BaseDelay must be more than zero.",
            new() { Backoff = new BackoffOptions { BaseDelay = TimeSpan.Zero } }
        },
    };

    public static TheoryData<string, string, FlowOptions> BadFlows => new()
    {
        {
            "options.CloseTimeout", "FlowOptions.CloseTimeout must be zero or more.",
            new() { CloseTimeout = TimeSpan.FromSeconds(-1) }
        },
        {
            "options.ProgressInterval", "FlowOptions.ProgressInterval must be more than zero.",
            new() { ProgressInterval = TimeSpan.Zero }
        },
    };

    [Theory]
    [MemberData(nameof(BadBridges))]
    public void A_bad_bridge_option_is_refused_by_name(string parameter, string message, BridgeOptions options)
    {
        var opened = false;
        var client = Observable.Defer(() =>
        {
            opened = true;
            return Observable.Never<int>();
        });
        Refused(parameter, message, () => Bridge.From(client).ToPartition(options));
        Refused(parameter, message, () => Bridge.From(client).ToSource(options));
        Refused(parameter, message, () => Bridge.From(client, i => i).ToPartition(ResumeState<int>.None, options));
        Refused(parameter, message, () => Bridge.From(client, i => i).Query(items => items)
            .ToPartition(ResumeState<int>.None, options));
        Assert.False(opened);
    }

    [Theory]
    [MemberData(nameof(BadWrites))]
    public void A_bad_write_option_is_refused_by_name(string parameter, string message, WriteOptions options)
    {
        var sink = Bridge.To<int>((_, _) => Task.CompletedTask);
        Refused(parameter, message, () => sink.ToPartition(options));
        Refused(parameter, message, () => sink.ToSink(options));
    }

    [Theory]
    [MemberData(nameof(BadFlows))]
    public void A_bad_flow_option_is_refused_by_name(string parameter, string message, FlowOptions options)
    {
        var opened = false;
        var flow = new Dataflow("f");
        flow.Input("in", Bridge.From(Observable.Defer(() =>
            {
                opened = true;
                return Observable.Never<int>();
            })).ToSource())
            .Output("out", Bridge.To<int>((_, _) => Task.CompletedTask).ToSink());
        Refused(parameter, message, () => flow.Start(options));
        Refused(parameter, message, () => { _ = flow.RunAsync(options); });
        Assert.False(opened);
    }

    [Fact]
    public void Null_is_refused_where_it_is_given()
    {
        Assert.Throws<ArgumentNullException>("stream", () => Bridge.From((IAsyncEnumerable<int>)null!));
        Assert.Throws<ArgumentNullException>("source", () => Bridge.From((IObservable<int>)null!));
        Assert.Throws<ArgumentNullException>("position", () => Bridge.From(Observable.Empty<int>(), (Func<int, int>)null!));
        Assert.Throws<ArgumentNullException>("source", () => Bridge.FromBatches<int>(null!));
        Assert.Throws<ArgumentNullException>("query", () => Bridge.From(Observable.Empty<int>()).Query((Func<IObservable<int>, IObservable<int>>)null!));
        Assert.Throws<ArgumentNullException>("write", () => Bridge.To((Func<int, CancellationToken, Task>)null!));
        Assert.Throws<ArgumentNullException>("write", () => Bridge.ToBatches((Func<IReadOnlyList<int>, CancellationToken, Task>)null!));
        Assert.Throws<ArgumentNullException>("source", () => new Dataflow("f").Input("in", (DynamicSource<int>)null!));
        Assert.Throws<ArgumentException>("name", () => new Dataflow(" "));
    }

    [Fact]
    public void All_defaults()
    {
        var bridge = new BridgeOptions();
        Assert.Equal(100, bridge.MaxBatchSize);
        Assert.Equal(TimeSpan.FromMilliseconds(500), bridge.MaxBatchDelay);
        Assert.Null(bridge.Capacity);
        Assert.Equal(4_096, BridgeSettings.Check(bridge).Capacity);
        Assert.Equal(6_000, BridgeSettings.Check(new BridgeOptions { MaxBatchSize = 3_000 }).Capacity);
        Assert.Equal(Array.MaxLength, BridgeSettings.Check(new BridgeOptions { MaxBatchSize = int.MaxValue / 2 + 100 }).Capacity);
        Assert.Equal(OverflowPolicy.Fail, bridge.Overflow);
        Assert.Null(bridge.Scheduler);

        var write = new WriteOptions();
        Assert.Equal(1, write.MaxConcurrency);
        Assert.Equal(TimeSpan.FromSeconds(30), write.Timeout);
        Assert.Equal(0, write.MaxRetryAttempts);
        Assert.Null(write.Backoff);
        Assert.Null(write.ShouldRetry);
        Assert.Null(write.Scheduler);

        var flow = new FlowOptions();
        Assert.Null(flow.Scheduler);
        Assert.Equal(TimeSpan.FromSeconds(10), flow.CloseTimeout);
        Assert.Equal(TimeSpan.FromSeconds(1), flow.ProgressInterval);
    }

    private static void Refused(string parameter, string message, Action action)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(parameter, action);
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }
}
