using System.Reactive.Linq;
using System.Reactive.Subjects;
using CsCheck;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>Rules S1 to S4: polls do not wait, lose nothing, and give items before an error or the end.</summary>
public sealed class OrderAndEndTests
{
    private readonly VirtualScheduler _clock = new();

    [Fact]
    public void S1_a_poll_of_a_silent_client_is_empty_and_takes_no_virtual_time()
    {
        var client = new ScriptedClient<int>(_clock, []);
        using var partition = Bridge.From(client).ToPartition();
        partition.Start(_clock);
        _clock.Start();
        var before = _clock.Clock;
        Assert.Equal([], partition.NextBatch());
        Assert.Equal([], partition.NextBatch());
        Assert.Equal(before, _clock.Clock);
        Assert.Equal(1, client.Moves);
    }

    [Fact]
    public async Task S1_a_client_that_blocks_its_thread_does_not_hold_up_the_poll()
    {
        using var release = new ManualResetEventSlim();
        await using var partition = Bridge.From(Blocking(release)).ToPartition(new BridgeOptions { MaxBatchDelay = TimeSpan.Zero });
        // If any of this ran the client's code, it would hang: the client is released only afterwards.
        Assert.Equal([], partition.NextBatch());
        Assert.Equal([], partition.NextBatch());
        release.Set();
        Assert.Equal([1], await partition.ReadToEndAsync());
    }

    [Fact]
    [Trait("speed", "slow")]
    public void S2_every_item_is_handed_out_once_and_in_order() => Gen.Select(
        Gen.Long[0, 200].Array[0, 200], Gen.Int[1, 50], Gen.Int[1, 20], Gen.Int[0, 40], Gen.Bool).Sample(
        (times, delay, count, lateBy, asynchronous) =>
        {
            var clock = new VirtualScheduler();
            var steps = Script.Items(times, 300);
            var options = new BridgeOptions { MaxBatchSize = count, MaxBatchDelay = TimeSpan.FromTicks(delay), Capacity = asynchronous ? count : 500 };
            var bridge = asynchronous ? Bridge.From(new ScriptedClient<int>(clock, steps)) : Bridge.From(Script.Play(clock, steps));
            using var host = new PollHost<int>(bridge.ToPartition(options), clock, lateBy);
            clock.Start();
            Assert.Equal(Enumerable.Range(0, times.Length), host.Items);
            Assert.True(host.IsComplete);
        },
        iter: 2_000);

    [Fact]
    public void S3_items_before_an_error_come_first_and_every_later_poll_throws_it()
    {
        var error = new IOException("connection reset");
        var steps = Enumerable.Range(0, 250).Select(i => new Step(1, i)).Append(new Step(2, null, Error: error));
        using var partition = Bridge.From(new ScriptedClient<int>(_clock, steps)).ToPartition();
        partition.Start(_clock);
        _clock.Start();
        Assert.Equal(Enumerable.Range(0, 100), partition.NextBatch());
        Assert.Equal(Enumerable.Range(100, 100), partition.NextBatch());
        Assert.Equal(Enumerable.Range(200, 50), partition.NextBatch());
        Assert.Same(error, Assert.Throws<IOException>(partition.NextBatch));
        var depth = error.StackTrace!.Split('\n').Length;
        Assert.Same(error, Assert.Throws<IOException>(partition.NextBatch));
        Assert.Same(error, Assert.Throws<IOException>(partition.NextBatch));
        Assert.Equal(depth, error.StackTrace.Split('\n').Length);
    }

    [Fact]
    public void S3_an_error_is_handed_out_at_once_not_after_the_delay()
    {
        var steps = new[] { new Step(10, 0), new Step(20, null, Error: new IOException()) };
        using var host = new PollHost<int>(
            Bridge.From(Script.Play(_clock, steps)).ToPartition(new BridgeOptions { MaxBatchDelay = TimeSpan.FromTicks(1_000) }), _clock);
        _clock.Start();
        Assert.Equal([new(20, [0])], host.Batches);
        Assert.IsType<IOException>(host.Error);
        Assert.Equal(20, host.EndedAt);
    }

    [Fact]
    public void S4_the_last_partial_batch_comes_before_null_and_null_for_ever()
    {
        using var partition = Bridge.From(Enumerable.Range(0, 3).ToAsyncEnumerable()).ToPartition();
        partition.Start(_clock);
        _clock.Start();
        Assert.Equal([0, 1, 2], partition.NextBatch());
        Assert.Null(partition.NextBatch());
        Assert.Null(partition.NextBatch());
    }

    [Fact]
    public void S4_an_empty_client_is_complete_at_once()
    {
        using var host = new PollHost<int>(Bridge.From(Observable.Empty<int>()).ToPartition(), _clock);
        _clock.Start();
        Assert.True(host.IsComplete);
        Assert.Empty(host.Batches);
    }

    [Fact]
    public void S2_a_reference_that_was_handed_out_is_not_kept()
    {
        using var source = new Subject<object>();
        using var partition = Bridge.From(source).ToPartition(new BridgeOptions { MaxBatchDelay = TimeSpan.Zero });
        partition.Start(_clock);
        var handedOut = SendAndPoll(source, partition);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        partition.NextBatch();
        Assert.False(handedOut.IsAlive);
    }

    private static WeakReference SendAndPoll(Subject<object> source, SourcePartition<object> partition)
    {
        source.OnNext(new object());
        var handedOut = new WeakReference(partition.NextBatch()![0]);
        // The next poll lets go of the last batch.
        partition.NextBatch();
        return handedOut;
    }

    private static async IAsyncEnumerable<int> Blocking(ManualResetEventSlim release)
    {
        release.Wait(Times.Patience);
        yield return 1;
        await Task.Yield();
    }
}
