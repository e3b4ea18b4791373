using System.Reactive;
using System.Reactive.Subjects;
using Rx.Connectors.Flows;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Tests.Infrastructure;
using Rx.Connectors.Tests.Recovery;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

/// <summary>Partitions that fail and are built again where they were (<see cref="RestartOptions"/>).</summary>
public sealed class RestartTests
{
    private static readonly BackoffOptions _backoff = new() { BaseDelay = TimeSpan.FromMilliseconds(100), MaxDelay = TimeSpan.FromMilliseconds(800), Jitter = false };

    [Theory]
    [InlineData("poll a 6", 1)]
    [InlineData("poll a 9", 1)]
    [InlineData("awake a", 3)]
    public void A_failure_that_passes_loses_and_repeats_nothing(string when, int which)
    {
        var rig = Rig(("a", 9), ("b", 9));
        var met = 0;
        rig.On = line => Fail(line == when && ++met == which);
        var result = rig.RunToEnd();
        Assert.Equal(2, rig.LogOf("build a").Count);
        Assert.Equal(1, rig.Last!.GetProgress().Sources.Single(one => one.Partition == "a").Restarts);
        Assert.Equal(18, result.ItemsRead);
        rig.AssertExact();
        rig.AssertClosed();
    }

    [Theory]
    [InlineData("build a 6")]
    [InlineData("start a")]
    [InlineData("awake a")]
    public void Failures_while_it_is_built_again_count_and_are_tried_again(string when)
    {
        var rig = Rig(("a", 9));
        var failed = false;
        var left = 3;
        rig.On = line =>
        {
            Fail(line == "poll a 6" && !failed && (failed = true));
            Fail(line == when && failed && left-- > 0);
        };
        _ = rig.RunToEnd();
        Assert.Equal(4, rig.Last!.GetProgress().Sources.Single().Restarts);
        // 100, 200, 400 and 800.
        Assert.InRange(rig.Clock.Clock, Milliseconds(1_500), Milliseconds(1_501));
        rig.AssertExact();
        Assert.Equal(rig.LogOf("start a").Count, rig.LogOf("close a").Count);
    }

    [Fact]
    public void A_signal_that_fails_leads_to_a_restart_with_new_signals()
    {
        var rig = Rig(("a", 9));
        rig.Pace = null;
        rig.Endless.Add("a");
        var signals = new List<Subject<Unit>>();
        rig.Source.Signals = _ =>
        {
            signals.Add(new Subject<Unit>());
            return signals[^1];
        };
        var run = rig.Start();
        rig.Clock.AdvanceTo(10);
        signals[0].OnError(new IOException("lost"));
        rig.Clock.AdvanceTo(Milliseconds(150));
        Assert.Equal(["build a none", "build a 9"], rig.LogOf("build a"));
        Assert.True(signals[1].HasObservers);
        rig.Parts["a"] = 12;
        signals[1].OnNext(Unit.Default);
        rig.Clock.AdvanceTo(Milliseconds(151));
        run.Stop();
        rig.Clock.Start();
        Assert.True(run.Completion.IsCompletedSuccessfully);
        rig.AssertExact();
    }

    [Fact]
    public void S9_a_signal_from_before_the_failure_polls_nothing_and_builds_nothing_twice()
    {
        var rig = Rig(("a", 9));
        rig.Pace = null;
        using var signals = new Subject<Unit>();
        rig.Source.Signals = _ => signals;
        var failed = false;
        rig.On = line =>
        {
            if (line == "poll a 6" && !failed)
            {
                failed = true;
                signals.OnNext(Unit.Default);
                throw new IOException("passes");
            }
        };
        _ = rig.RunToEnd();
        Assert.Equal(["build a none", "build a 6"], rig.LogOf("build a"));
        Assert.Equal(1, rig.Last!.GetProgress().Sources.Single().Restarts);
        rig.AssertExact();
        rig.AssertClosed();
    }

    [Fact]
    public void After_too_many_in_a_row_the_flow_fails_with_the_last_error()
    {
        var rig = Rig(("a", 9));
        rig.Restart = new RestartOptions { MaxRetryAttempts = 3, Backoff = _backoff };
        var tries = 0;
        rig.On = line =>
        {
            if (line == "poll a 6")
            {
                throw new IOException($"attempt {++tries}");
            }
        };
        var error = rig.RunToFailure();
        Assert.Equal("Flow 'rig', step 'in', partition 'a': the source failed after 6 items and 3 restarts: attempt 4 (rule S3)", error.Message);
        Assert.InRange(rig.Clock.Clock, Milliseconds(700), Milliseconds(701));
        rig.AssertClosed();
    }

    [Fact]
    public void An_item_in_between_begins_the_count_and_the_backoff_anew()
    {
        var rig = Rig(("a", 60));
        rig.Restart = new RestartOptions { MaxRetryAttempts = 2, Backoff = _backoff };
        var failed = new HashSet<string>();
        rig.On = line => Fail(line.StartsWith("poll", StringComparison.Ordinal) && failed.Add(line));
        _ = rig.RunToEnd();
        Assert.Equal(21, rig.Last!.GetProgress().Sources.Single().Restarts);
        Assert.InRange(rig.Clock.Clock, Milliseconds(2_100), Milliseconds(2_101));
        rig.AssertExact();
    }

    [Fact]
    public void F6_jitter_is_the_same_in_every_run()
    {
        var ends = Enumerable.Range(0, 3).Select(i =>
        {
            var rig = Rig(("a", 60));
            rig.Restart = new RestartOptions { Backoff = new BackoffOptions { BaseDelay = TimeSpan.FromMilliseconds(20) } };
            var failed = new HashSet<string>();
            rig.On = line => Fail(line.StartsWith("poll", StringComparison.Ordinal) && failed.Add(line));
            _ = rig.RunToEnd();
            return (rig.Clock.Clock, string.Join('\n', rig.Log));
        }).ToArray();
        Assert.Single(ends.Distinct());
    }

    [Theory]
    [InlineData(10)]
    [InlineData(0)]
    [InlineData(300)]
    public void A_close_that_hangs_holds_up_the_rebuild_for_CloseTimeout_and_no_longer(int timeout)
    {
        var rig = Rig(("a", 9));
        rig.CloseTimeout = TimeSpan.FromMilliseconds(timeout);
        rig.Source.Closing = _ =>
        {
            rig.Source.Closing = null;
            return new TaskCompletionSource().Task;
        };
        var failed = false;
        rig.On = line => Fail(line == "poll a 6" && !failed && (failed = true));
        _ = rig.RunToEnd();
        Assert.InRange(rig.Clock.Clock, Milliseconds(Math.Max(timeout, 100)), Milliseconds(Math.Max(timeout, 100) + 1));
        rig.AssertExact();
    }

    [Fact]
    public void Two_of_a_partition_are_never_open_at_once_while_the_old_one_closes_in_time()
    {
        var rig = Rig(("a", 9));
        rig.Source.Closing = _ => EndOfSourceTests.Later(rig.Clock, 5_000_000);
        var failed = false;
        rig.On = line => Fail(line == "poll a 6" && !failed && (failed = true));
        _ = rig.RunToEnd();
        Assert.Equal(["build a none", "close a", "build a 6", "close a"], rig.LogOf("build a", "close a"));
        rig.AssertExact();
    }

    [Fact]
    public void Only_what_IsTransient_says_is_tried_again()
    {
        var rig = Rig(("a", 9));
        rig.Restart = new RestartOptions { ShouldRetry = error => error is TimeoutException, Backoff = _backoff };
        var failed = false;
        rig.On = line =>
        {
            if (line == "poll a 3" && !failed)
            {
                failed = true;
                throw new TimeoutException();
            }

            Fail(line == "poll a 6");
        };
        Assert.Equal("passes", rig.RunToFailure().InnerException!.Message);
        Assert.Equal(2, rig.LogOf("build a").Count);
    }

    [Fact]
    public void F5_IsTransient_that_throws_ends_the_flow_with_an_error_that_names_the_partition()
    {
        var rig = Rig(("a", 9));
        rig.Restart = new RestartOptions { ShouldRetry = _ => throw new InvalidOperationException("a bug"), Backoff = _backoff };
        rig.On = line => Fail(line == "poll a 6");
        var error = rig.RunToFailure();
        Assert.Equal(("in", "a"), (error.Step, error.Partition));
        Assert.Contains("a bug", error.Message, StringComparison.Ordinal);
        rig.AssertClosed();
    }

    [Theory]
    [InlineData("select")]
    [InlineData("write")]
    [InlineData("snapshot")]
    [InlineData("committed")]
    public void What_is_not_the_partition_s_own_failure_is_never_tried_again(string where)
    {
        var rig = Rig(("a", 9));
        rig.On = line => Fail(line.StartsWith(where, StringComparison.Ordinal) && !line.EndsWith(" 0", StringComparison.Ordinal));
        var flow = new Dataflow("rig");
        flow.Input("in", rig.Source, rig.Restart)
            .Select(item => where == "select" ? throw new IOException("passes") : item).Output("out", rig.Sink, item => item);
        var run = rig.Start(flow);
        rig.Clock.Start();
        Assert.True(run.Completion.IsFaulted);
        Assert.Single(rig.LogOf("build a"));
        rig.AssertClosed();
    }

    private static Rig Rig(params (string Key, int Items)[] partitions) => new(partitions)
    {
        Restart = new RestartOptions { Backoff = _backoff },
        Pace = (key, next) => (((next * 5) + key[^1]) % 13).Ticks(),
    };

    private static long Milliseconds(int count) => count * TimeSpan.TicksPerMillisecond;

    private static void Fail(bool fails)
    {
        if (fails)
        {
            throw new IOException("passes");
        }
    }
}
