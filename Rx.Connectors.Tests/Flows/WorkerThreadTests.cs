using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Tests.Infrastructure;
using Rx.Connectors.Tests.Recovery;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

/// <summary>Several workers on threads of their own, all sending to each other, epoch upon epoch.</summary>
[Trait("speed", "slow")]
public sealed class WorkerThreadTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(7)]
    public async Task F3_every_commit_is_a_consistent_cut_on_threads_too(int workers)
    {
        var rig = Rig(workers, items: 1_500);
        var run = rig.Start();
        var result = await run.Completion.WaitAsync(Times.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(FlowOutcome.Completed, result.Outcome);
        Assert.Null(rig.Store!.Fault);
        Assert.NotEqual(0, result.Epochs.Committed);
        rig.AssertExact();
        rig.AssertClosed();
    }

    [Fact]
    public async Task F3_F4_stops_aborts_and_crashes_on_threads_lose_and_repeat_nothing()
    {
        var rig = Rig(3, items: 1_000);
        var random = new Random(5);
        for (var i = 0; ; i++)
        {
            var left = i < 30 ? random.Next(600) : -1;
            rig.On = line =>
            {
                if (line.StartsWith("write", StringComparison.Ordinal) && Interlocked.Decrement(ref left) == 0)
                {
                    switch (i % 3)
                    {
                        case 0: throw new IOException("crash");
                        case 1: rig.Last?.Abort(); break;
                        default: rig.Last?.Stop(); break;
                    }
                }
            };
            var run = rig.Start();
            await Task.WhenAny(run.Completion).WaitAsync(Times.Patience, TestContext.Current.CancellationToken);
            rig.AssertClosed();
            if (run.Completion.IsCompletedSuccessfully && (await run.Completion).Outcome == FlowOutcome.Completed)
            {
                break;
            }
        }

        Assert.Null(rig.Store!.Fault);
        rig.AssertExact();
    }

    [Fact]
    public async Task F4_CloseEpochAsync_Stop_and_GetProgress_from_many_threads()
    {
        var rig = Rig(3, items: 2_000);
        var run = rig.Start();
        var askers = Enumerable.Range(0, 3).Select(i => Task.Run(async () =>
        {
            var closed = 0L;
            try
            {
                while (!run.Completion.IsCompleted)
                {
                    var epoch = await run.CloseEpochAsync();
                    Assert.True(epoch >= closed);
                    closed = epoch;
                    _ = run.GetProgress();
                }
            }
            catch (InvalidOperationException)
            {
                // The run has ended before.
            }

            return closed;
        })).ToArray();
        await run.Completion.WaitAsync(Times.Patience, TestContext.Current.CancellationToken);
        var last = await Task.WhenAll(askers).WaitAsync(Times.Patience, TestContext.Current.CancellationToken);
        Assert.All(last, epoch => Assert.True(epoch > 0));
        Assert.Null(rig.Store!.Fault);
        rig.AssertExact();
    }

    [Fact]
    public async Task F4_an_abort_while_the_flow_opens_leaves_nothing_open_and_the_store_free()
    {
        var rig = Rig(3, items: 30);
        for (var i = 0; i < 200; i++)
        {
            rig.Clear();
            rig.Store!.Open = async _ => await Task.Yield();
            var run = rig.Start();
            Thread.SpinWait(i * 300);
            run.Abort();
            var result = await run.Completion.WaitAsync(Times.Patience, TestContext.Current.CancellationToken);
            Assert.Empty(result.NotClosed);
        }

        var whole = rig.Start();
        Assert.Equal(FlowOutcome.Completed, (await whole.Completion.WaitAsync(Times.Patience, TestContext.Current.CancellationToken)).Outcome);
        rig.AssertExact();
    }

    [Fact]
    public async Task Q6_asynchronous_writes_of_all_workers_to_all_workers_do_not_deadlock()
    {
        var written = 0;
        var rig = Rig(4, items: 400);
        var flow = new Dataflow("rig");
        var items = flow.Input("in", rig.Source);
        items.Output("out", rig.Sink, item => item);
        items.Output("slow", Bridge.To<string>(async (_, stop) =>
        {
            await Task.Yield();
            stop.ThrowIfCancellationRequested();
            Interlocked.Increment(ref written);
        }).ToSink());
        await rig.Start(flow).Completion.WaitAsync(Times.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(6 * 400, written);
        rig.AssertExact();
    }

    private static Rig Rig(int workers, int items)
    {
        var rig = new Rig([.. Enumerable.Range(0, 6).Select(i => ($"p{i}", items))])
        {
            OwnThreads = true,
            Workers = workers,
            Epoch = TimeSpan.FromSeconds(100),
            MaxEpochItems = 20,
            ExchangeCapacity = 2,
            MaxBatchSize = 4,
        };
        rig.Sink = new RigSink(rig, 9);
        rig.Store!.ChecksCut = true;
        return rig;
    }
}
