using System.Reactive.Linq;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Recovery;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

/// <summary>Restarts are counted by the item that they stop at.</summary>
public sealed class RestartCountTests
{
    private readonly VirtualScheduler _clock = new();
    private readonly KeptSink _sink = new("one");
    private int _built;

    [Fact]
    public void A_query_that_throws_at_an_item_is_built_again_as_often_as_allowed()
    {
        var error = RunToFailure(new Source(Build, position => Bridge
            .From(Numbers(position.GetValueOrDefault(0)), i => i + 1)
            .Query(source => source.Select(i => i == 10 ? throw new FormatException("no order") : $"{i}"))
            .ToPartition(position)));
        Assert.Contains("after 10 items and 10 restarts", error.Message, StringComparison.Ordinal);
        Assert.Equal(11, _built);
        Assert.Equal(10, _sink.All.Count());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Items_that_come_again_do_not_begin_the_count_anew(bool withPosition)
    {
        var error = RunToFailure(new Source<int>(Build, _ => new Again(() => 10, withPosition)));
        Assert.Contains("and 10 restarts", error.Message, StringComparison.Ordinal);
        Assert.Equal(11, _built);
    }

    [Fact]
    public void A_feed_without_positions_that_breaks_off_now_here_now_there_is_not_counted_out()
    {
        var lives = 0;
        var flow = new Dataflow("feed");
        flow.Input("in", new Source<int>(Build, _ => new Again(() => ++lives < 40 ? 1 + (lives % 3) : int.MaxValue, false)), new RestartOptions { MaxRetryAttempts = 2 })
            .Output("out", _sink, item => item);
        var run = flow.Start(new FlowOptions { Scheduler = _clock });
        _clock.Start();
        Assert.True(run.Completion.IsCompletedSuccessfully);
        Assert.Equal(40, _built);
    }

    private static async IAsyncEnumerable<int> Numbers(int from)
    {
        for (var i = from; i < 20; i++)
        {
            await Task.CompletedTask;
            yield return i;
        }
    }

    private void Build() => _built++;

    private FlowException RunToFailure<TPosition>(FixedPartitionedSource<string, TPosition> source)
    {
        var flow = new Dataflow("feed");
        flow.Input("in", source, new RestartOptions()).Output("out", _sink, item => item);
        var run = flow.Start(new FlowOptions { Scheduler = _clock });
        _clock.Start();
        Assert.True(run.Completion.IsFaulted, "The run did not fail.");
        return Assert.IsType<FlowException>(run.Completion.Exception!.InnerException);
    }

    private sealed class Source(
        Action build, Func<ResumeState<int>, StatefulSourcePartition<string, int>> partition)
        : Source<int>(build, partition);

    private class Source<TPosition>(Action build, Func<ResumeState<TPosition>, StatefulSourcePartition<string, TPosition>> partition)
        : FixedPartitionedSource<string, TPosition>
    {
        public override IReadOnlyList<string> ListPartitions() => ["only"];

        public override StatefulSourcePartition<string, TPosition> BuildPartition(
            string stepId, string partition1, ResumeState<TPosition> resumeState)
        {
            build();
            return partition(resumeState);
        }
    }

    /// <summary>A source whose position stays: a restart hands everything out again, and fails after so many items.</summary>
    private sealed class Again(Func<int> failsAfter, bool withPosition) : StatefulSourcePartition<string, int>
    {
        private readonly int _failsAfter = failsAfter();
        private int _items;

        public override IReadOnlyList<string>? NextBatch() =>
            _items == _failsAfter ? throw new IOException("passes") : _items == 20 ? null : [$"{_items++}"];

        public override ResumeState<int> Snapshot() => withPosition ? 0 : ResumeState<int>.None;
    }
}
