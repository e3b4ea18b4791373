using System.Reactive;
using System.Reactive.Subjects;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>Names that no store could give back are refused before anything starts, and what cannot pass is not tried again.</summary>
public sealed class StoredNameTests
{
    // Not a theory: an attribute cannot hold half a surrogate pair.
    private static readonly (string Name, string Shown)[] _refused =
    [
        ("a\0b", @"'a\u0000b' holds a zero character"),
        ("\0", @"'\u0000' holds a zero character"),
        ("a\ud800", @"'a\ud800' holds half a surrogate pair"),
        ("\udc00b", @"'\udc00b' holds half a surrogate pair"),
        ("\udc00\ud800", @"'\udc00\ud800' holds half a surrogate pair"),
        ("a\ud83c\ud83c\udf88", "holds half a surrogate pair"),
        ("\ud83c\udf88\udf88", "holds half a surrogate pair"),
        (new string('x', 100_000) + '\0', "holds a zero character"),
    ];

    private static readonly string[] _allowed =
        ["", " ", "a ", "é", "e\u0301", "🎈", "\n\u0001\u007f", "a/b", "'%\"--", "\ufffd", new('x', 100_000)];

    [Fact]
    public void A_source_partition_key_that_cannot_be_stored_is_refused_before_anything_starts()
    {
        foreach (var (name, shown) in _refused)
        {
            var rig = new Rig(("a", 9), (name, 9));
            RefusedBeforeTheStart(rig, "in", shown);
        }
    }

    [Fact]
    public void A_sink_partition_key_that_cannot_be_stored_is_refused_before_anything_starts()
    {
        foreach (var (name, shown) in _refused)
        {
            var rig = new Rig(("a", 9));
            rig.Sink = new RigSink(rig, 2, name);
            RefusedBeforeTheStart(rig, "out", shown[shown.IndexOf("holds", StringComparison.Ordinal)..]);
        }
    }

    [Fact]
    public void A_key_that_cannot_be_stored_is_refused_without_a_store_too()
    {
        var rig = new Rig(("a\0b", 9)) { Store = null };
        RefusedBeforeTheStart(rig, "in", "holds a zero character");
    }

    [Fact]
    public void A_key_that_comes_later_and_cannot_be_stored_ends_the_flow_before_it_is_built()
    {
        foreach (var (name, shown) in _refused)
        {
            using var changes = new Subject<Unit>();
            var rig = new Rig(("a", 3)) { Endless = { "a" } };
            rig.Source.Changes = changes;
            var run = rig.Start();
            rig.Clock.AdvanceTo(10);
            rig.Parts.Add(name, 3);
            changes.OnNext(Unit.Default);
            rig.Clock.AdvanceTo(1_000_000);
            Assert.True(run.Completion.IsFaulted);
            var error = Assert.IsType<FlowException>(run.Completion.Exception!.InnerException);
            Assert.Contains(shown, error.Message, StringComparison.Ordinal);
            Assert.Empty(rig.LogOf($"build {name}"));
            Assert.DoesNotContain(rig.Store!.Commits.SelectMany(commit => commit.Changes), state => state.Partition == name);
            rig.AssertClosed();
        }
    }

    [Fact]
    public void Flow_names_and_step_ids_that_cannot_be_stored_are_refused_where_they_are_given()
    {
        foreach (var (name, shown) in _refused)
        {
            Assert.Contains(shown, Assert.Throws<ArgumentException>("name", () => new Dataflow(name)).Message, StringComparison.Ordinal);
            var rig = new Rig(("a", 1));
            var flow = new Dataflow("flow");
            var refused = Assert.Throws<ArgumentException>("stepId", () => flow.Input(name, rig.Source));
            Assert.Contains("step id in flow 'flow'", refused.Message, StringComparison.Ordinal);
            Assert.Contains(shown, refused.Message, StringComparison.Ordinal);
            var items = flow.Input("in", rig.Source);
            Assert.Throws<ArgumentException>("stepId", () => items.Select(item => item, name));
            Assert.Throws<ArgumentException>("stepId", () => items.Output(name, rig.Sink, item => item));
        }
    }

    [Fact]
    public void Every_other_name_comes_back_as_it_was()
    {
        var rig = new Rig([.. _allowed.Select(name => (name, 4))]);
        _ = rig.RunToEnd();
        rig.AssertExact();
        Assert.All(_allowed, name => Assert.Equal("4", rig.Store!["in", name]));
        rig.Clear();
        Assert.Equal(_allowed.Length, rig.RunToEnd().Resume!.Resumed.Count(name => name.StartsWith("in/", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_commit_that_cannot_pass_is_not_tried_again()
    {
        foreach (var error in new Exception[]
        {
            new RecoveryStoreException("the file is gone") { IsPermanent = true },
            new ArgumentException("the epoch is not the next"),
            new ExecutionFencedException("another has taken over"),
        })
        {
            var store = new TestingRecoveryStore();
            for (var attempt = 2; attempt < 20; attempt++)
            {
                store.FailBefore(attempt, error);
            }

            var clock = new VirtualScheduler();
            var rig = new Rig(("a", 50)) { Clock = clock, Pace = (_, _) => TimeSpan.FromTicks(10) };
            var run = rig.Flow().Start(new FlowOptions
            {
                Scheduler = clock,
                EpochInterval = TimeSpan.FromTicks(100),
                Recovery = new RecoveryOptions { Store = store },
            });
            clock.Start();
            var failed = Assert.IsType<FlowException>(run.Completion.Exception!.InnerException);
            Assert.Same(error, failed.InnerException);
            Assert.Equal(2, store.CommitAttempts);
            Assert.True(clock.Clock < TimeSpan.TicksPerSecond, $"It ended after {clock.Clock} ticks.");
        }
    }

    [Fact]
    public void A_position_of_text_that_does_not_come_back_is_refused_at_the_first_epoch()
    {
        var json = new PositionJson(null);
        Assert.Equal("a🎈\ufffd\0", json.Read<string>(json.WriteChecked("a🎈\ufffd\0")));
        foreach (var write in new Action[]
        {
            () => json.WriteChecked("a\ud800"), () => json.WriteChecked(("a", "\udc00")), () => json.WriteChecked<string[]>(["\ud800b"]),
            () => json.WriteChecked(new Dictionary<string, int> { ["a\ud800"] = 1 }),
        })
        {
            var refused = Assert.Throws<NotSupportedException>(write);
            Assert.Contains("half a surrogate pair", refused.Message, StringComparison.Ordinal);
        }
    }

    private static void RefusedBeforeTheStart(Rig rig, string step, string shown)
    {
        var error = rig.RunToFailure();
        Assert.Equal(step, error.Step);
        Assert.Contains("ListPartitions returned a key that cannot be stored", error.Message, StringComparison.Ordinal);
        Assert.Contains(shown, error.Message, StringComparison.Ordinal);
        Assert.Empty(rig.LogOf("open", "build", "write"));
    }
}
