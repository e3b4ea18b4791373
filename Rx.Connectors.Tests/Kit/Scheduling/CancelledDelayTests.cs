using System.Runtime.CompilerServices;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Kit.Scheduling;

/// <summary>F6: a client that awaits a delay of the clock's TimeProvider stays on the clock, also when its token is cancelled.</summary>
public sealed class CancelledDelayTests
{
    private static readonly TimeSpan _long = TimeSpan.FromHours(1);

    private static readonly Dictionary<string, Func<TimeProvider, CancellationToken, Task>> _waits = new()
    {
        ["Delay"] = (time, token) => Task.Delay(_long, time, token),
        ["Delay in milliseconds"] = async (time, token) => await Task.Delay(TimeSpan.FromMilliseconds(60_000), time, token),
        ["Delay, ConfigureAwait(false)"] = async (time, token) => await Task.Delay(_long, time, token).ConfigureAwait(false),
        ["Delay in a task"] = async (time, token) => await Inner(time, token).ConfigureAwait(false),
        ["WaitAsync"] = (time, token) => new TaskCompletionSource().Task.WaitAsync(_long, time, token),
        ["WaitAsync of a result"] = (time, token) => new TaskCompletionSource<int>().Task.WaitAsync(_long, time, token),
        ["PeriodicTimer"] = async (time, token) =>
        {
            using var timer = new PeriodicTimer(_long, time);
            await timer.WaitForNextTickAsync(token);
        },
        ["linked"] = async (time, token) =>
        {
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(token);
            await Task.Delay(_long, time, linked.Token);
        },
        ["timeout and token"] = async (time, token) =>
        {
            using var timeout = new CancellationTokenSource(_long * 2, time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(token, timeout.Token);
            await Task.Delay(_long, time, linked.Token);
        },
        ["WhenAny"] = async (time, token) =>
        {
            await Task.WhenAny(Task.Delay(_long, time, token), new TaskCompletionSource().Task);
            token.ThrowIfCancellationRequested();
        },
        ["ContinueWith"] = (time, token) => Task.Delay(_long, time, token).ContinueWith(
            static one => one.IsCanceled, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default),
    };

    public static TheoryData<string, bool> Ends =>
        [.. _waits.Keys.SelectMany(wait => new[] { (wait, true), (wait, false) })];

    public static TheoryData<string> Waits => [.. _waits.Keys];

    [Theory]
    [MemberData(nameof(Ends))]
    public void F6_a_flow_that_is_ended_while_its_client_waits_stays_on_the_clock(string wait, bool stops)
    {
        var clock = new VirtualScheduler();
        var threads = new HashSet<int>();
        var sink = new TestingSink<int>();
        var flow = new Dataflow("orders");
        flow.Input("in", Bridge.From(Client(wait, clock.TimeProvider, threads)).ToSource()).Output("out", sink);
        var run = flow.Start(new FlowOptions { Scheduler = clock });
        clock.AtMs(10_000, stops ? run.Stop : run.Abort);

        var result = clock.RunToEnd(run);

        Assert.Equal(stops ? FlowOutcome.Stopped : FlowOutcome.Aborted, result.Outcome);
        Assert.Empty(result.NotClosed);
        Assert.Equal([1], sink.Items);
        Assert.Equal([Environment.CurrentManagedThreadId], threads);
        Assert.True(clock.Now() < 60_000);
        clock.AtMs(clock.Now() + 1, () => { });
        clock.Start();
    }

    [Theory]
    [MemberData(nameof(Waits))]
    public void F6_a_partition_that_is_disposed_of_between_runs_leaves_nothing(string wait)
    {
        var clock = new VirtualScheduler();
        var threads = new HashSet<int>();
        using var partition = Bridge.From(Client(wait, clock.ToTimeProvider(), threads)).ToPartition();
        partition.Start(clock);
        Assert.Equal([1], partition.PollNextBatch(clock, TimeSpan.FromMinutes(1)));

        partition.Dispose();

        clock.AdvanceMs(10);
        clock.AtMs(clock.Now() + 1, () => { });
        clock.Start();
        Assert.Equal([Environment.CurrentManagedThreadId], threads);
    }

    [Theory]
    [MemberData(nameof(Waits))]
    public void F6_a_cancelled_wait_goes_on_at_the_time_of_the_cancellation(string wait)
    {
        var clock = new VirtualScheduler();
        using var cancel = new CancellationTokenSource();
        var seen = new List<(long, int)>();
        Task? work = null;
        clock.AtMs(1, () => work = Work());
        clock.AtMs(7, cancel.Cancel);
        clock.AtMs(8, () => { });

        clock.Start();

        Assert.True(work!.IsCompletedSuccessfully);
        Assert.Equal([(7, Environment.CurrentManagedThreadId)], seen);
        Assert.Equal(8, clock.Now());

        async Task Work()
        {
            try
            {
                await _waits[wait](clock.TimeProvider, cancel.Token);
            }
            catch (OperationCanceledException)
            {
                // As it should.
            }

            seen.Add((clock.Now(), Environment.CurrentManagedThreadId));
        }
    }

    [Fact]
    public void F6_a_timeout_of_the_clock_cancels_a_delay_on_the_clock()
    {
        var clock = new VirtualScheduler();
        var ended = 0L;
        clock.AtMs(1, () => _ = Work());

        clock.Start();

        Assert.Equal(6, ended);

        async Task Work()
        {
            using var timeout = new CancellationTokenSource(5.Ms(), clock.TimeProvider);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Delay(_long, clock.TimeProvider, timeout.Token));
            ended = clock.Now();
        }
    }

    [Fact]
    public void F6_an_abort_during_a_write_that_waits_stays_on_the_clock()
    {
        var clock = new VirtualScheduler();
        var flow = new Dataflow("orders");
        flow.Input("in", new TestingSource<int>(1, 2))
            .Output("out", Bridge.To<int>((_, token) => Task.Delay(_long, clock.TimeProvider, token)).ToSink(new WriteOptions { Timeout = _long * 2 }));
        var run = flow.Start(new FlowOptions { Scheduler = clock });
        clock.AtMs(10, run.Abort);

        Assert.Equal(FlowOutcome.Aborted, clock.RunToEnd(run).Outcome);
    }

    [Fact]
    public void A_delay_that_is_not_cancelled_ends_at_its_time()
    {
        var clock = new VirtualScheduler();
        using var cancel = new CancellationTokenSource();
        var ended = 0L;
        clock.Run(async () =>
        {
            await Task.Delay(20.Ms(), clock.TimeProvider, cancel.Token);
            ended = clock.Now();
        });
        cancel.Cancel();
        Assert.Equal(20, ended);
        Assert.Equal(0, clock.Pending);
    }

    private static async Task Inner(TimeProvider time, CancellationToken token) => await Task.Delay(_long, time, token).ConfigureAwait(false);

    private static async IAsyncEnumerable<int> Client(
        string wait, TimeProvider time, HashSet<int> threads, [EnumeratorCancellation] CancellationToken token = default)
    {
        try
        {
            yield return 1;
            await _waits[wait](time, token);
            yield return 2;
        }
        finally
        {
            threads.Add(Environment.CurrentManagedThreadId);
        }
    }
}
