using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sinks;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>P13 to P16: which partition an item goes to, when partitions of sinks are built and when they are snapshotted.</summary>
public sealed class SinkPositionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public void P13_the_key_chooses_among_the_sorted_partitions_of_the_whole_flow_whoever_lists_them(int workers)
    {
        var rig = new Rig(("a", 30), ("b", 30)) { Workers = workers };
        rig.Sink = new RigSink(rig, 11);
        _ = rig.RunToEnd();
        var sorted = rig.Sink.ListPartitions().Order(StringComparer.Ordinal).ToArray();
        foreach (var partition in sorted)
        {
            Assert.All(rig.Sink.Of(partition), item => Assert.Equal(partition, sorted[KeyHash.Adler32(item) % 11]));
        }

        rig.AssertExact();
    }

    [Fact]
    public void P15_a_partition_is_built_at_its_first_write_and_its_first_position_is_stored_before_that_write()
    {
        var rig = new Rig(("a", 1));
        var target = Target("a:0");
        _ = rig.RunToEnd();
        Assert.Equal(
            [$"build {target} none", $"snapshot {target} 0", "commit 1", "durable 1", $"write {target} a:0", $"snapshot {target} 1", "commit 2", "durable 2"],
            rig.LogOf("build out", "snapshot out", "commit ", "durable", "write"));
        Assert.Equal(["0", "1"], rig.Store!.Commits.SelectMany(commit => commit.Changes).Where(state => state.Kind == StepKind.Sink).Select(state => state.State));
    }

    [Fact]
    public void P15_partitions_with_stored_state_are_built_at_the_start_and_others_when_they_are_needed()
    {
        var rig = new Rig(("a", 1));
        _ = rig.RunToEnd();
        rig.Clear();
        _ = rig.RunToEnd();
        Assert.Equal([$"build {Target("a:0")} 1"], rig.LogOf("build out"));
        Assert.Empty(rig.LogOf("snapshot out", "commit "));
    }

    [Fact]
    public void P15_only_those_that_were_written_in_an_epoch_are_snapshotted_and_flushed()
    {
        var rig = new Rig(("a", 40)) { MaxBatchSize = 1, Pace = (_, _) => 10.Ticks(), Epoch = 10.Ticks() };
        _ = rig.RunToEnd();
        var written = new HashSet<string>();
        foreach (var line in rig.Log)
        {
            var words = line.Split(' ');
            if (words[0] == "write")
            {
                written.Add(words[1]);
            }
            else if (words[0] == "snapshot" && words[1][0] == 'o')
            {
                // The first one stores where the partition begins.
                Assert.True(written.Contains(words[1]) || words[2] == "0", line);
            }
            else if (words[0] == "flush")
            {
                Assert.True(written.Remove(words[1]), line);
            }
        }

        Assert.Empty(written);
        rig.AssertExact();
    }

    [Fact]
    public void P15_while_a_first_position_is_stored_other_partitions_are_written()
    {
        var rig = new Rig(("a", 60)) { MaxBatchSize = 1, Pace = (_, _) => 10.Ticks() };
        rig.Store!.Commit = (number, _) => number == 2 ? EndOfSourceTests.Later(rig.Clock, 200) : Task.CompletedTask;
        var run = rig.Start();
        rig.Clock.AdvanceTo(195);
        Assert.NotEmpty(rig.LogOf("write"));
        rig.Clock.Start();
        Assert.True(run.Completion.IsCompletedSuccessfully);
        rig.AssertExact();
    }

    [Fact]
    public void P14_only_values_reach_the_sink_in_order_and_in_several_batches_of_an_epoch()
    {
        var rig = new Rig(("a", 9));
        var flow = new Dataflow("rig");
        flow.Input("in", rig.Source).Output("out", rig.Sink, item => "one key", item => item.ToUpperInvariant());
        var run = rig.Start(flow);
        rig.Clock.Start();
        var result = run.Completion.GetAwaiter().GetResult();
        Assert.Equal(Enumerable.Range(0, 9).Select(i => $"A:{i}"), rig.Sink.All);
        Assert.Equal((3, 3L), (result.Batches, run.GetProgress().Sinks.Single().Batches));
        Assert.Equal(2, rig.Store!.Commits.Count);
    }

    [Fact]
    public void A_sink_partition_that_holds_less_than_its_position_ends_the_flow_before_anything_is_polled()
    {
        var rig = new Rig(("a", 5));
        _ = rig.RunToEnd();
        rig.Sink = new RigSink(rig, 2);
        rig.Clear();
        var error = rig.RunToFailure();
        Assert.Equal("out", error.Step);
        Assert.Empty(rig.LogOf("poll", "write", "commit"));
    }

    private static string Target(string item) => $"out{KeyHash.Adler32(item) % 2}";
}
