using System.Globalization;
using System.Reactive.Concurrency;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>
/// A flow from counted partitions to kept ones whose every call leaves a line in one log, and can be made to fail, to stop the run
/// or to wait by what <see cref="On"/> does at that line. It can be run again and again, and remembers what was committed.
/// </summary>
internal sealed class Rig
{
    private readonly Lock _gate = new();
    private readonly List<string> _log = [];

    public Rig(params (string Key, int Items)[] partitions)
    {
        Parts = partitions.ToDictionary(one => one.Key, one => one.Items);
        Source = new RigSource(this);
        Sink = new RigSink(this, 2);
        Store = new RigStore(this);
    }

    public VirtualScheduler Clock { get; set; } = new();

    /// <summary>Whether the run has threads of its own instead of the clock.</summary>
    public bool OwnThreads { get; set; }

    /// <summary>The partitions that are listed, and how many items each has.</summary>
    public Dictionary<string, int> Parts { get; }

    /// <summary>Those that have nothing more at their end, instead of being complete.</summary>
    public HashSet<string> Endless { get; } = [];

    public RigSource Source { get; set; }

    public RigSink Sink { get; set; }

    public RigStore? Store { get; set; }

    /// <summary>Hears of every line before it takes effect. What it throws, the call throws.</summary>
    public Action<string>? On { get; set; }

    public int MaxBatchSize { get; set; } = 3;

    public Func<string, int, TimeSpan>? Pace { get; set; }

    public RestartOptions? Restart { get; set; }

    public Action<ResumeReport>? OnResume { get; set; }

    public int Workers { get; set; } = 1;

    public TimeSpan Epoch { get; set; } = TimeSpan.FromSeconds(10);

    public long? MaxEpochItems { get; set; }

    public int ExchangeCapacity { get; set; } = 4;

    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(10);

    public TimeSpan ListTimeout { get; set; } = TimeSpan.FromSeconds(30);

    public int Retries { get; set; } = 3;

    public TimeSpan Backoff { get; set; } = TimeSpan.FromTicks(10);

    public bool TakeOver { get; set; }

    public FlowRun? Last { get; private set; }

    public IReadOnlyList<string> Log
    {
        get
        {
            lock (_gate)
            {
                return [.. _log];
            }
        }
    }

    public IReadOnlyList<string> LogOf(params string[] starts) =>
        [.. Log.Where(line => Array.Exists(starts, start => line.StartsWith(start, StringComparison.Ordinal)))];

    public void Clear()
    {
        lock (_gate)
        {
            _log.Clear();
        }
    }

    public void Note(string line)
    {
        lock (_gate)
        {
            _log.Add(line);
        }

        On?.Invoke(line);
    }

    public FlowRun Start(CancellationToken cancellation = default) => Start(Flow(), OwnThreads ? null : Clock, cancellation);

    public Dataflow Flow()
    {
        var flow = new Dataflow("rig");
        flow.Input("in", Source, Restart).Output("out", Sink, item => item);
        return flow;
    }

    public FlowRun Start(Dataflow flow) => Start(flow, OwnThreads ? null : Clock);

    public FlowRun Start(Dataflow flow, IScheduler? scheduler, CancellationToken cancellation = default) => Last = flow.Start(
        new FlowOptions
        {
            Scheduler = scheduler,
            Workers = Workers,
            ExchangeCapacity = ExchangeCapacity,
            EpochInterval = Epoch,
            MaxEpochItems = MaxEpochItems,
            CloseTimeout = CloseTimeout,
            ListTimeout = ListTimeout,
            Recovery = Store is null ? null : new RecoveryOptions
            {
                Store = Store,
                TakeOver = TakeOver,
                MaxCommitRetryAttempts = Retries,
                CommitBackoff = new BackoffOptions { BaseDelay = Backoff, MaxDelay = Backoff * 4 },
                OnResume = OnResume,
            },
        },
        cancellation);

    /// <summary>Runs to the end of the run, whatever that is.</summary>
    public Task<FlowResult> Run()
    {
        var run = Start();
        Clock.Start();
        Assert.True(run.Completion.IsCompleted, "The run hangs.");
        return run.Completion;
    }

    public FlowResult RunToEnd()
    {
        var result = Run().GetAwaiter().GetResult();
        Assert.Equal(FlowOutcome.Completed, result.Outcome);
        return result;
    }

    public FlowException RunToFailure()
    {
        var run = Run();
        Assert.True(run.IsFaulted, "The run did not fail.");
        return Assert.IsType<FlowException>(run.Exception!.InnerException);
    }

    /// <summary>Every item arrived once, and those of one partition in their order.</summary>
    public void AssertExact()
    {
        Assert.Equal(
            Parts.SelectMany(one => Enumerable.Range(0, one.Value).Select(i => $"{one.Key}:{i}")).Order(StringComparer.Ordinal),
            Sink.All.Order(StringComparer.Ordinal));
        foreach (var partition in Sink.ListPartitions())
        {
            foreach (var source in Sink.Of(partition).GroupBy(item => item.Split(':')[0]))
            {
                var numbers = source.Select(Number);
                Assert.Equal(numbers.Order(), numbers);
            }
        }
    }

    /// <summary>All that was opened in the last run is closed, and no time is left on the clock.</summary>
    public void AssertClosed()
    {
        var open = new Dictionary<string, int>();
        foreach (var line in Log)
        {
            var words = line.Split(' ');
            if (words[0] is "build" or "close" or "opened" or "closed")
            {
                var name = words.Length > 1 ? words[1] : "store";
                open[name] = words[0] is "build" or "opened" ? open.GetValueOrDefault(name) + 1 : 0;
                Assert.True(open[name] <= 1, $"'{name}' was built twice at once.");
            }
        }

        Assert.Empty(open.Where(one => one.Value > 0).Select(one => one.Key));
    }

    public static int Number(string item) => int.Parse(item.Split(':')[1], CultureInfo.InvariantCulture);
}
