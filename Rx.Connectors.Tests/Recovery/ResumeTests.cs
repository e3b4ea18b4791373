using CsCheck;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>P11 and P12: what a run does with the positions that it finds.</summary>
public sealed class ResumeTests
{
    [Fact]
    public async Task P11_stored_positions_resume_and_others_are_built_new_after_all_is_loaded()
    {
        var rig = new Rig(("a", 9), ("b", 5), ("c", 2)) { Workers = 2 };
        await rig.Store!.Put(new StoredPosition(StepKind.Source, "in", "b", "4"));
        _ = rig.RunToEnd();
        Assert.Equal(["build a none", "build b 4", "build c none"], rig.LogOf("build a", "build b", "build c").Order());
        Assert.All(rig.LogOf("build").Select(line => rig.Log.ToList().IndexOf(line)), at => Assert.True(at > rig.Log.ToList().IndexOf("opened")));
        Assert.Equal(["committed b 4", "committed b 5"], rig.LogOf("committed b"));
        Assert.Equal(9 + 1 + 2, rig.Sink.All.Count());
    }

    [Fact]
    public void P11_the_state_of_a_partition_that_is_not_listed_is_kept_and_reported_and_used_when_it_is_back()
    {
        var rig = new Rig(("a", 9), ("b", 5));
        rig.On = line => Throw(line == "poll a 6");
        rig.MaxEpochItems = 1;
        rig.Pace = (_, _) => TimeSpan.FromTicks(10);
        _ = rig.RunToFailure();
        rig.On = null;
        Assert.Equal("6", rig.Store!["in", "a"]);
        Assert.True(rig.Parts.Remove("a"));
        var without = rig.RunToEnd();
        Assert.Equal(["in/a"], without.Resume!.OrphanedPartitions);
        Assert.Equal("6", rig.Store["in", "a"]);
        rig.Parts.Add("a", 9);
        rig.Clear();
        var with = rig.RunToEnd();
        Assert.Empty(with.Resume!.OrphanedPartitions);
        Assert.Contains("in/a", with.Resume.Resumed);
        Assert.Contains("build a 6", rig.Log);
        rig.AssertExact();
    }

    [Fact]
    public async Task P12_step_ids_that_the_flow_does_not_have_are_reported_before_anything_is_built()
    {
        var rig = new Rig(("a", 1));
        await rig.Store!.Put(
            new(StepKind.Source, "old", "x", "1"), new(StepKind.Source, "old", "y", "1"), new(StepKind.Sink, "gone", "x", "1"),
            new(StepKind.Source, "in", "z", "7"));
        ResumeReport? report = null;
        rig.OnResume = told =>
        {
            report = told;
            Assert.Empty(rig.LogOf("build"));
        };
        var result = rig.RunToEnd();
        Assert.Equal(["gone", "old"], report!.UnknownSteps.Order());
        Assert.Equal(["in/z"], report.OrphanedPartitions);
        Assert.Empty(report.Resumed);
        Assert.Equal((2, 1), (report.Execution, report.Epoch));
        Assert.True(report.IsResumed);
        Assert.Same(report, result.Resume);
        Assert.Equal(["1", "1", "1", "7"], new[] { rig.Store["old", "x"], rig.Store["old", "y"], rig.Store["gone", "x"], rig.Store["in", "z"] });
    }

    [Fact]
    public void P12_OnResume_that_throws_stops_the_flow_before_anything_is_built()
    {
        var rig = new Rig(("a", 5));
        _ = rig.RunToEnd();
        rig.Clear();
        rig.OnResume = _ => throw new InvalidOperationException("a strict host");
        var error = rig.RunToFailure();
        Assert.Equal("Flow 'rig': RecoveryOptions.OnResume has refused to go on: a strict host", error.Message);
        Assert.Equal(["list 0/1", "open", "opened", "closed"], rig.Log);
        rig.OnResume = null;
        _ = rig.RunToEnd();
    }

    [Fact]
    public void P12_a_first_run_reports_that_there_is_nothing_to_resume()
    {
        var rig = new Rig(("a", 5));
        var report = rig.RunToEnd().Resume!;
        Assert.False(report.IsResumed);
        Assert.Equal((1, 0), (report.Execution, report.Epoch));
        Assert.Empty(report.Resumed.Concat(report.OrphanedPartitions).Concat(report.UnknownSteps));
    }

    [Theory]
    [InlineData("in", "b", StepKind.Source, "{\"not\":1}")]
    [InlineData("in", "b", StepKind.Source, "nonsense")]
    [InlineData("in", "b", StepKind.Source, "\"7\"")]
    [InlineData("in", "b", StepKind.Source, "null")]
    [InlineData("in", "b", StepKind.Source, "99999999999999")]
    [InlineData("out", "out1", StepKind.Sink, "1.5")]
    [InlineData("in", "b", StepKind.Sink, "7")]
    [InlineData("out", "out1", StepKind.Source, "0")]
    public async Task F3_a_position_that_cannot_be_read_names_step_and_partition_and_nothing_is_built(
        string step, string partition, StepKind kind, string state)
    {
        var rig = new Rig(("a", 5), ("b", 5)) { Workers = 2 };
        _ = rig.RunToEnd();
        await rig.Store!.Put(new StoredPosition(kind, step, partition, state));
        var before = rig.Store.States.ToDictionary();
        rig.Clear();
        var error = rig.RunToFailure();
        Assert.Equal((step, partition, "F3"), (error.Step, error.Partition, error.Rule));
        Assert.Contains(state, error.Message, StringComparison.Ordinal);
        Assert.Contains("nothing was started and the position is kept", error.Message, StringComparison.Ordinal);
        Assert.Empty(rig.LogOf("build", "start", "commit"));
        Assert.Equal("closed", rig.Log[^1]);
        Assert.Equal(before, rig.Store.States);
    }

    [Fact]
    public void F3_state_kinds_that_are_mixed_up_are_told_apart_in_words()
    {
        var rig = new Rig(("a", 5));
        rig.Store!.Put(new StoredPosition(StepKind.Sink, "in", "a", "1")).GetAwaiter().GetResult();
        Assert.Contains("it belongs to a sink, and the step is a source", rig.RunToFailure().Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("speed", "slow")]
    public void P11_F3_partitions_that_come_and_go_between_runs_lose_and_repeat_nothing() =>
        Gen.Select(Gen.Int[0, 15].Array[4], Gen.Select(Gen.Int[0, 15], Gen.Int[0, 40], Gen.Int[1, 3]).Array[0, 6]).Sample(
            (sizes, runs) =>
            {
                var all = sizes.Select((size, i) => (Key: $"p{i}", size)).ToArray();
                var rig = new Rig(all) { MaxEpochItems = 4 };
                foreach (var (mask, crash, workers) in runs)
                {
                    rig.Parts.Clear();
                    foreach (var (key, size) in all.Where((_, i) => ((mask | 1) & (1 << i)) != 0))
                    {
                        rig.Parts.Add(key, size);
                    }

                    var left = crash;
                    rig.On = line => Throw(line.StartsWith("write", StringComparison.Ordinal) && left-- == 0);
                    rig.Workers = workers;
                    _ = rig.Run();
                }

                rig.On = null;
                rig.Parts.Clear();
                foreach (var (key, size) in all)
                {
                    rig.Parts.Add(key, size);
                }

                Assert.Equal(FlowOutcome.Completed, rig.RunToEnd().Outcome);
                rig.AssertExact();
            },
            iter: 300);

    private static void Throw(bool crashes)
    {
        if (crashes)
        {
            throw new IOException("crashed");
        }
    }
}
