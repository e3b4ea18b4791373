using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>Rule S13: a position never passes an input that has neither left the query nor been declared dropped.</summary>
public sealed class AccountingTests
{
    private readonly VirtualScheduler _clock = new();
    private readonly Subject<int> _source = new();

    private delegate IObservable<Positioned<int, int>> Shape(PositionedObservable<int, int> source);

    [Fact]
    public void S13_a_group_that_is_held_while_a_later_one_leaves_fails_the_source_and_loses_nothing()
    {
        // b0 a1 a2 b3: the group of a is full first.
        using var host = Host(items => items.GroupBy(item => item.Value is 1 or 2)
            .SelectMany(group => group.Buffer(2).Select(two => two[^1].WithValue(two.Sum(item => item.Value)))));
        Fails(host, [], ResumeState<int>.None, "position 3 before an input that came in first", "Gather", "Scan");
    }

    [Fact]
    public void S13_a_gathered_group_that_is_held_is_named_as_such()
    {
        using var host = Host(items => items.GroupBy(item => item.Value is 1 or 2)
            .SelectMany(group => group.Buffer(2).Select(two => two.Gather(two.Sum(item => item.Value)))));
        Fails(host, [], ResumeState<int>.None, "position 3 that was gathered, before an input that came in first", "Scan");
    }

    [Fact]
    public void S13_a_gathered_value_that_is_dropped_takes_no_input_along_of_which_a_part_is_still_inside()
    {
        using var host = Host(items => items.SelectMany(value => new[] { value, value }).Delay(10.Ticks(), _clock).Buffer(2, 1).Where(two => two.Count == 2)
            .Select(two => two.Gather(two[0].Value)).AsPositioned().Where(value => value > 0));
        Fails(host, [], new ResumeState<int>(1), "position 2 that was gathered from some parts of an input");
    }

    [Fact]
    public void S13_items_before_the_gap_are_handed_out_first()
    {
        using var host = Host(items => Observable.Where(items, item => item.Value != 2));
        Fails(host, [0, 1], new ResumeState<int>(2), "position 4 before an input that came in just after position 2", "Where");
    }

    [Fact]
    public void S13_what_is_late_in_a_call_is_not_passed()
    {
        using var host = Host(items => items.SelectMany(
            item => Observable.Timer((item.Value == 1 ? 100 : 10).Ticks(), _clock).Select(_ => item)));
        Fails(host, [0], new ResumeState<int>(1), "position 3 before an input that came in just after position 1", "SelectAsync");
    }

    [Fact]
    public void S13_the_end_of_the_source_while_an_input_is_missing_is_an_error()
    {
        using var host = Host(items => Observable.Where(items, item => item.Value < 2));
        Send(0, 1, 2, 3);
        _source.OnCompleted();
        Fails(host, [0, 1], new ResumeState<int>(2), "have ended, and an input that came in just after position 2");
    }

    [Fact]
    public void S13_a_query_that_ends_before_its_source_leaves_the_rest_unread()
    {
        using var host = Host(items => items.TakeWhile(item => item.Value < 2));
        Send(0, 1, 2, 3);
        _clock.Start();
        Assert.True(host.IsComplete);
        Assert.Equal([0, 1], host.Items);
        Assert.Equal(new ResumeState<int>(2), host.Snapshot());
    }

    [Fact]
    public void S13_parts_that_were_dropped_without_a_word_hold_the_position()
    {
        using var host = Host(items => items.SelectMany(i => new[] { i, i }).DistinctUntilChanged(item => item.Value).AsPositioned());
        Fails(host, [0], Cut.At<int>(ResumeState<int>.None, 1, 1), "before every part of the input at position 1");
    }

    [Fact]
    public void S13_an_undeclared_gathering_fails_and_Gather_does_not()
    {
        using (var host = Host(items => items.Buffer(2).Select(two => two[^1].WithValue(two.Sum(item => item.Value)))))
        {
            Fails(host, [], ResumeState<int>.None, "Gather");
        }
    }

    [Fact]
    public void S13_windows_that_overlap_are_refused()
    {
        using var host = Host(items => items.Buffer(2, 1).Select(two => two.Gather(two.Sum(item => item.Value))));
        Fails(host, [1], new ResumeState<int>(2), "a second time (rule S12)", "Scan");
    }

    [Fact]
    public void S13_some_parts_of_an_input_cannot_be_gathered_without_the_others()
    {
        using var host = Host(items => items.SelectMany(i => new[] { i, i, i }).Gather(2).Select(two => two.Sum()));
        Fails(host, [], ResumeState<int>.None, "gather whole inputs first");
    }

    [Fact]
    public void S13_what_holds_items_is_no_operator_that_drops_at_once()
    {
        using var host = Host(items => items.DroppingAtOnce(all => all.Delay(5.Ticks(), _clock)));
        Fails(host, [], new ResumeState<int>(4), "DroppingGaps");
    }

    [Fact]
    public void S13_an_item_that_fails_where_drops_are_declared_is_not_dropped()
    {
        using var host = Host(items => items.Delay(1.Ticks(), _clock).AsPositioned().DroppingAtOnce(
            all => all.Where(item => item.Value < 2 ? false : throw new IOException())));
        Send(0, 1, 2);
        _clock.Start();
        Assert.IsType<IOException>(host.Error);
        Assert.Equal(new ResumeState<int>(2), host.Snapshot());
    }

    [Fact]
    public void S13_what_an_overflow_policy_drops_is_declared()
    {
        using var partition = Bridge.From(_source, i => i + 1).Query(items => items.Select(i => i)).ToPartition(
            ResumeState<int>.None, new BridgeOptions { MaxBatchSize = 2, Capacity = 2, Overflow = OverflowPolicy.DropWrite });
        partition.Start(_clock);
        Send(0, 1, 2, 3);
        Assert.Equal([0, 1], partition.NextBatch());
        Send(4, 5);
        Assert.Equal([4, 5], partition.NextBatch());
        Assert.Equal(new ResumeState<int>(6), partition.Snapshot());
    }

    private void Fails(Polled host, int[] items, ResumeState<int> position, params string[] words)
    {
        Send(0, 1, 2, 3);
        _clock.Start();
        Assert.Equal(items, host.Items);
        var message = Assert.IsType<PositionOrderException>(host.Error).Message;
        Assert.All(words, word => Assert.Contains(word, message, StringComparison.Ordinal));
        Assert.Equal(position, host.Snapshot());
    }

    private void Send(params int[] items)
    {
        foreach (var item in items)
        {
            _source.OnNext(item);
        }
    }

    private Polled Host(Shape query) => new(
        Bridge.From(_source, i => i + 1).Query(items => query(items)).ToPartition(
            ResumeState<int>.None, new BridgeOptions { MaxBatchDelay = TimeSpan.Zero }),
        _clock);

    private sealed class Polled(StatefulSourcePartition<int, int> partition, VirtualScheduler clock) : IDisposable
    {
        private readonly PollHost<int> _host = new(partition, clock);

        public IEnumerable<int> Items => _host.Items;

        public Exception? Error => _host.Error;

        public bool IsComplete => _host.IsComplete;

        public ResumeState<int> Snapshot() => partition.Snapshot();

        public void Dispose() => _host.Dispose();
    }
}
