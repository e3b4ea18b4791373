using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Text.Json;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Docs;

/// <summary>The code of docs/positions.md, cut anywhere, and that its anti-patterns do the harm it says.</summary>
public sealed class PositionsSnippets
{
    private readonly VirtualScheduler _clock = new();

    internal interface ILogClient
    {
        IReadOnlyList<string> Files { get; }

        IAsyncEnumerable<LogEntry> Read(string file, long from);
    }

    [Fact]
    public void S5_the_log_source_resumes_where_it_was_cut() => CutAnywhere.Check(
        (VirtualScheduler clock, ResumeState<long> resumeState) =>
            Logs(new ScriptedLog(clock)).BuildPartition("in", "a.log", resumeState));

    [Fact]
    public void S5_the_totals_resume_where_they_were_cut() => CutAnywhere.Check(
        (VirtualScheduler clock, ResumeState<long> resumeState) => Totals(
            from => new ScriptedClient<Order>(clock, Steps(clock, from), i => new Order(i, i * 10m))).BuildPartition("in", "all", resumeState));

    [Fact]
    public void Calls_keep_their_order()
    {
        using var orders = new Subject<Order>();
        var calls = new Dictionary<long, TaskCompletionSource<string>>();
        Task<string> Enrich(Order order, CancellationToken cancellationToken) => (calls[order.Number] = new()).Task;

        // snippet: positions-select-async
        using var partition = Bridge.From(orders, order => order.Number + 1)
            .Query(all => all.SelectAsync((order, cancellation) => Enrich(order, cancellation), maxConcurrency: 8))
            .ToPartition(ResumeState<long>.None);
        // end-snippet

        partition.Start(_clock);
        orders.OnNext(new Order(1, 1));
        orders.OnNext(new Order(2, 1));
        calls[2].SetResult("two");
        _clock.AdvanceTo(10_000_000);
        Assert.Empty(partition.NextBatch()!);
        Assert.False(partition.Snapshot().HasValue);
        calls[1].SetResult("one");
        _clock.AdvanceTo(20_000_000);
        Assert.Equal(["one", "two"], partition.NextBatch());
        Assert.Equal(new ResumeState<long>(3), partition.Snapshot());
    }

    [Fact]
    public void Rx_operators_and_value_operators_mix()
    {
        using var entries = new Subject<LogEntry>();
        var scheduler = _clock;
        var seen = new List<long>();

        // snippet: positions-mixed
        using var partition = Bridge.From(entries, entry => entry.Offset + 1)
            .Query(all => all
                .Where(entry => entry.Level > 0)                // values: the source's own operator
                .Throttle(TimeSpan.FromSeconds(1), scheduler)   // so is this one
                .Do(entry => seen.Add(entry.Position))          // Rx's: positions pass through
                .AsPositioned()                                 // back to the operators that take values
                .Select(entry => entry.Text))
            .ToPartition(ResumeState<long>.None);
        // end-snippet

        partition.Start(_clock);
        entries.OnNext(new LogEntry(1, 1, "a"));
        entries.OnNext(new LogEntry(2, 1, "b"));
        entries.OnNext(new LogEntry(3, 0, "c"));
        _clock.AdvanceTo(20_000_000);
        Assert.Equal(["b"], partition.NextBatch());
        Assert.Equal(new ResumeState<long>(4), partition.Snapshot());
    }

    [Fact]
    public void Gathered_values_stand_at_their_last_position()
    {
        using var orders = new Subject<Order>();

        // snippet: positions-gather
        using var partition = Bridge.From(orders, order => order.Number + 1)
            .Query(all => all.Gather(10).Select(ten => ten.Average(order => order.Amount)))
            .ToPartition(ResumeState<long>.None);
        // end-snippet

        partition.Start(_clock);
        Enumerable.Range(1, 25).Select(i => new Order(i, i)).ToObservable().Subscribe(orders);
        Assert.Equal([5.5m, 15.5m, 23m], partition.NextBatch());
        Assert.Equal(new ResumeState<long>(26), partition.Snapshot());
    }

    [Fact]
    public void Anti_pattern_a_branch_that_drops_lets_the_position_run_ahead_of_the_other()
    {
        using var source = new Subject<int>();
        using var partition = Bridge.From(source, i => i + 1)
            .Query(all => all.Publish(shared => Observable.Merge(
                shared.AsPositioned().Where(i => i > 100),
                Observable.Where(shared, item => item.Value <= 100).Delay(1_000.Ticks(), _clock))))
            .ToPartition(ResumeState<int>.None, new BridgeOptions { MaxBatchDelay = TimeSpan.Zero });
        partition.Start(_clock);
        source.OnNext(1);
        Assert.Empty(partition.NextBatch()!);
        // Item 1 is still inside, and a restart from here would lose it.
        Assert.Equal(new ResumeState<int>(2), partition.Snapshot());
    }

    [Fact]
    public void With_Rx_Where_in_the_branches_the_position_waits()
    {
        using var source = new Subject<int>();
        using var partition = Bridge.From(source, i => i + 1)
            .Query(all => all.Publish(shared => Observable.Merge(
                shared.Where(item => item.Value > 100),
                shared.Where(item => item.Value <= 100).Delay(1_000.Ticks(), _clock))))
            .ToPartition(ResumeState<int>.None, new BridgeOptions { MaxBatchDelay = TimeSpan.Zero });
        partition.Start(_clock);
        source.OnNext(1);
        Assert.Empty(partition.NextBatch()!);
        Assert.False(partition.Snapshot().HasValue);
    }

    [Fact]
    public void Values_dropped_before_Scan_move_the_position_at_once_and_leave_the_memory()
    {
        using var source = new Subject<int>();
        using var partition = Bridge.From(source, i => i + 1)
            .Query(all => all.Where(i => i % 10 == 0).Scan(0, (sum, i) => sum + i))
            .ToPartition(ResumeState<int>.None, new BridgeOptions { MaxBatchDelay = TimeSpan.Zero });
        partition.Start(_clock);
        foreach (var i in new[] { 10, 11, 12 })
        {
            source.OnNext(i);
        }

        Assert.Equal([10], partition.NextBatch());
        Assert.Equal("""{"$resume":[13],"memory":[10]}""", JsonSerializer.Serialize(partition.Snapshot()));
        source.OnNext(20);
        Assert.Equal([30], partition.NextBatch());
        Assert.Equal("""{"$resume":[21],"memory":[30]}""", JsonSerializer.Serialize(partition.Snapshot()));
    }

    private static IEnumerable<Step> Steps(VirtualScheduler clock, long from)
    {
        var start = clock.Clock;
        return Enumerable.Range((int)from, 20 - (int)from).Select(i => new Step(start + i - from, i))
            .Append(new Step(start + 20 - from, null, Ends: true));
    }

    internal sealed record LogEntry(long Offset, int Level, string Text);

    internal sealed record Order(long Number, decimal Amount);

    private static FixedPartitionedSource<string, long> Logs(ILogClient client)
    {
        // snippet: positions-source
        var source = Bridge
            .From(
                (string file, ResumeState<long> resume) => client.Read(file, from: resume.GetValueOrDefault(0)),
                entry => entry.Offset + 1)
            .Query(entries => entries
                .Where(entry => entry.Level > 0)
                .SelectMany(entry => entry.Text.Split('\n')))
            .ToSource(client.Files);
        // end-snippet
        return source;
    }

    private static FixedPartitionedSource<decimal, long> Totals(Func<long, IAsyncEnumerable<Order>> read)
    {
        // snippet: positions-scan
        var source = Bridge
            .From((ResumeState<long> resume) => read(resume.GetValueOrDefault(0)), order => order.Number + 1)
            .Query(orders => orders.Scan(0m, (total, order) => total + order.Amount))
            .ToSource("all");
        // end-snippet
        return source;
    }

    private sealed class ScriptedLog(VirtualScheduler clock) : ILogClient
    {
        public IReadOnlyList<string> Files => ["a.log"];

        public IAsyncEnumerable<LogEntry> Read(string file, long from) => new ScriptedClient<LogEntry>(
            clock, Steps(clock, from), i => new LogEntry(i, i % 3, string.Join('\n', Enumerable.Range(0, 1 + (i % 4)).Select(part => $"{i}.{part}"))));
    }
}
