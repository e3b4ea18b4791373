using System.Reactive.Linq;
using CsCheck;
using Rx.Connectors.Bridging;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>Rule S7: the batches are the non-empty buffers of Rx's own <c>Buffer(timeSpan, count, scheduler)</c>.</summary>
[Trait("speed", "slow")]
public sealed class BatchShapeTests
{
    private const int Runs = 5_000;

    // Short times and small delays, so that boundaries, ties and full batches all meet often.
    private static readonly Gen<(long[] Times, int Delay, int Count, long Tail)> _inputs = Gen.Select(
        Gen.Long[0, 120].Array[0, 60], Gen.Int[1, 25], Gen.Int[1, 6], Gen.Long[0, 40]);

    [Fact]
    public void S7_batches_and_their_times_are_those_of_Rx_Buffer() => _inputs.Sample(
        input =>
        {
            var (times, delay, count, tail) = input;
            var steps = Script.Items(times, times.DefaultIfEmpty().Max() + tail);
            Assert.Equal(RxBuffers(steps, delay, count), Polled(steps, delay, count).Batches);
        },
        iter: Runs);

    [Fact]
    public void S7_polls_beyond_what_was_asked_for_change_nothing() => Gen.Select(_inputs, Gen.Long[0, 150].Array[0, 50]).Sample(
        (input, extraPolls) =>
        {
            var (times, delay, count, tail) = input;
            var steps = Script.Items(times, times.DefaultIfEmpty().Max() + tail);
            // Extra polls fall between ticks: at the same instant as an item, Rx itself depends on which comes first.
            var scaled = steps.Select(step => step with { At = step.At * 2 }).ToList();
            Assert.Equal(
                RxBuffers(scaled, delay * 2, count),
                Polled(scaled, delay * 2, count, extraPolls: extraPolls.Select(at => (at * 2) + 1)).Batches);
        },
        iter: Runs);

    [Fact]
    public void S7_polled_late_batches_are_fuller_but_never_too_large_and_keep_every_item() => Gen.Select(_inputs, Gen.Long[1, 30]).Sample(
        (input, lateBy) =>
        {
            var (times, delay, count, tail) = input;
            var steps = Script.Items(times, times.DefaultIfEmpty().Max() + tail);
            var host = Polled(steps, delay, count, lateBy);
            Assert.All(host.Batches, batch => Assert.InRange(batch.Items.Count, 1, count));
            Assert.Equal(Enumerable.Range(0, times.Length), host.Items);
            Assert.True(host.IsComplete);
        },
        iter: Runs);

    [Fact]
    public void S7_no_item_is_held_back_longer_than_the_delay() => _inputs.Sample(
        input =>
        {
            var (times, delay, count, tail) = input;
            var sorted = times.Order().ToArray();
            var host = Polled(Script.Items(times, times.DefaultIfEmpty().Max() + tail), delay, count);
            foreach (var batch in host.Batches)
            {
                Assert.All(batch.Items, item => Assert.InRange(batch.At - sorted[item], 0, delay));
            }
        },
        iter: Runs);

    [Fact]
    public void S7_with_an_async_stream_batches_and_their_times_are_those_of_Rx_Buffer() => _inputs.Sample(
        input =>
        {
            // An asynchronous client asks for its next item only after the last, so which of an item and a window's end comes
            // first at the same instant is not the same question as for Rx. Here no two things happen at the same instant.
            var (times, delay, count, tail) = input;
            var steps = Script.Items(times, times.DefaultIfEmpty().Max() + tail)
                .Select((step, index) => step with { At = (step.At * 1_000) + index + 1 }).ToList();
            delay *= 1_000;
            var clock = new VirtualScheduler();
            var client = new ScriptedClient<int>(clock, steps);
            using var host = new PollHost<int>(Bridge.From(client).ToPartition(Options(delay, count)), clock);
            clock.Start();
            Assert.Equal(RxBuffers(steps, delay, count), host.Batches);
        },
        iter: Runs);

    [Fact]
    public void S7_zero_delay_hands_out_at_every_poll_what_is_there()
    {
        var clock = new VirtualScheduler();
        using var host = new PollHost<int>(
            Bridge.From(Script.Play(clock, Script.Items([5, 5, 9], 20))).ToPartition(Options(0, 10)), clock);
        clock.Start();
        Assert.Equal([new(5, [0, 1]), new(9, [2])], host.Batches);
    }

    [Fact]
    public void S7_infinite_delay_waits_for_full_batches_and_the_end()
    {
        var clock = new VirtualScheduler();
        var options = new BridgeOptions { MaxBatchSize = 3, MaxBatchDelay = Timeout.InfiniteTimeSpan };
        using var host = new PollHost<int>(
            Bridge.From(Script.Play(clock, Script.Items([1, 1_000_000, 2_000_000, 3_000_000], 9_000_000))).ToPartition(options), clock);
        clock.Start();
        Assert.Equal([new(2_000_000, [0, 1, 2]), new(9_000_000, [3])], host.Batches);
    }

    [Fact]
    public void S7_batches_gathered_by_the_user_are_handed_out_as_they_are()
    {
        var clock = new VirtualScheduler();
        var source = Script.Play(clock, Script.Items([10, 20, 30, 200, 210], 500));
        using var host = new PollHost<int>(
            Bridge.FromBatches(source.Buffer(100.Ticks(), 2, clock)).ToPartition(), clock);
        clock.Start();
        // The empty buffers of the idle stretches are passed over.
        Assert.Equal([new(20, [0, 1]), new(120, [2]), new(210, [3, 4])], host.Batches);
        Assert.True(host.IsComplete);
    }

    private static BridgeOptions Options(long delay, int count) =>
        new() { MaxBatchSize = count, MaxBatchDelay = TimeSpan.FromTicks(delay), Capacity = 1_000 };

    private static List<TimedBatch<int>> RxBuffers(IEnumerable<Step> steps, long delay, int count)
    {
        var clock = new VirtualScheduler();
        var buffers = new List<TimedBatch<int>>();
        using var subscription = Script.Play(clock, steps)
            .Buffer(TimeSpan.FromTicks(delay), count, clock)
            .Where(buffer => buffer.Count > 0)
            .Subscribe(buffer => buffers.Add(new(clock.Clock, [.. buffer])));
        clock.Start();
        return buffers;
    }

    private static PollHost<int> Polled(
        IEnumerable<Step> steps, long delay, int count, long lateBy = 0, IEnumerable<long>? extraPolls = null)
    {
        var clock = new VirtualScheduler();
        using var host = new PollHost<int>(
            Bridge.From(Script.Play(clock, steps)).ToPartition(Options(delay, count)), clock, lateBy);
        foreach (var at in extraPolls ?? [])
        {
            clock.At(at, host.Poll);
        }

        clock.Start();
        return host;
    }
}
