using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>A flow from counted partitions to kept ones, run again and again on one store and one clock.</summary>
internal sealed class Kept
{
    private readonly (string Key, int Items)[] _partitions;

    public Kept(params (string Key, int Items)[] partitions)
        : this(partitions, 2)
    {
    }

    public Kept((string Key, int Items)[] partitions, int sinks)
    {
        _partitions = partitions;
        Sink = new KeptSink([.. Enumerable.Range(0, sinks).Select(i => $"out{i}")]);
        Store = new TestingRecoveryStore();
        Source = new CountedSource(partitions) { Pace = (key, next) => TimeSpan.FromTicks(((next * 7) + key[^1]) % 23) };
    }

    public VirtualScheduler Clock { get; } = new();

    public TestingRecoveryStore Store { get; set; }

    public CountedSource Source { get; init; }

    public KeptSink Sink { get; }

    public TimeSpan Backoff { get; set; } = TimeSpan.FromTicks(10);

    public RestartOptions? Restart { get; set; }

    public Action<ResumeReport>? OnResume { get; set; }

    public FlowRun Start(
        TimeSpan? epoch = null, int workers = 1, long? epochItems = null, bool takeOver = false, int retries = 8)
    {
        var flow = new Dataflow("kept");
        flow.Input("in", Source, Restart).Output("out", Sink, item => item);
        return flow.Start(new FlowOptions
        {
            Scheduler = Clock,
            Workers = workers,
            EpochInterval = epoch ?? TimeSpan.FromSeconds(10),
            MaxEpochItems = epochItems,
            Recovery = new RecoveryOptions
            {
                Store = Store,
                TakeOver = takeOver,
                MaxCommitRetryAttempts = retries,
                CommitBackoff = new BackoffOptions { BaseDelay = Backoff, MaxDelay = Backoff * 4 },
                OnResume = OnResume,
            },
        });
    }

    public Task<FlowResult> Run(TimeSpan? epoch = null, int workers = 1, int retries = 8)
    {
        var run = Start(epoch, workers, retries: retries);
        Clock.Start();
        Assert.True(run.Completion.IsCompleted, "The run hangs.");
        return run.Completion;
    }

    /// <summary>Runs until some items are written, and ends then: 0 crash in a write, 1 abort, 2 stop, 3 crash of a commit.</summary>
    public void RunFor(int items, int how, int workers, int epochItems)
    {
        FlowRun? run = null;
        Sink.BeforeWrite = _ =>
        {
            if (items-- != 0)
            {
                return;
            }

            switch (how)
            {
                case 0: throw new IOException("crashed");
                case 1: run!.Abort(); break;
                case 2: run!.Stop(); break;
                default: Store.FailBefore(Store.CommitAttempts + 1, new ExecutionFencedException("taken over")); break;
            }
        };
        run = Start(workers: workers, epochItems: epochItems);
        Clock.Start();
        Assert.True(run.Completion.IsCompleted, "The run hangs.");
        Sink.BeforeWrite = null;
    }

    /// <summary>Every item arrived once, and those of one partition in their order.</summary>
    public void AssertExact()
    {
        Assert.Equal(
            _partitions.SelectMany(one => Enumerable.Range(0, one.Items).Select(i => $"{one.Key}:{i}")).Order(StringComparer.Ordinal),
            Sink.All.Order(StringComparer.Ordinal));
        foreach (var partition in Sink.ListPartitions())
        {
            foreach (var source in Sink.Of(partition).GroupBy(item => item.Split(':')[0]))
            {
                var numbers = source.Select(item => int.Parse(item.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture));
                Assert.Equal(numbers.Order(), numbers);
            }
        }
    }
}
