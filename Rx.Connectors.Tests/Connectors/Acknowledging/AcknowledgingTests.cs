using System.Reactive.Linq;
using Rx.Connectors.Acknowledging;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Acknowledging;

public sealed class AcknowledgingTests
{
    private static readonly BridgeOptions _bridge = new() { MaxBatchSize = 3, MaxBatchDelay = TimeSpan.Zero };

    private readonly VirtualScheduler _clock = new();

    [Fact]
    public void S11_nothing_is_acknowledged_before_its_commit()
    {
        var consumer = Consumer(6);
        using var partition = Open(consumer);
        Assert.Equal([0, 1, 2], Poll(partition));
        var first = partition.Snapshot().Value;
        Assert.Equal([3, 4, 5], Poll(partition));
        Assert.Empty(consumer.Acked);

        partition.OnCommitted(first);
        _clock.AdvanceBy(1);
        Assert.Equal([0, 1, 2], consumer.Acked);

        partition.OnCommitted(first);
        partition.OnCommitted(partition.Snapshot().Value);
        _clock.AdvanceBy(1);
        Assert.Equal([0, 1, 2, 3, 4, 5], consumer.Acked);
        Assert.Equal(2, consumer.AckCalls);
    }

    [Fact]
    public void S11_a_stored_position_acknowledges_nothing_of_this_run()
    {
        var consumer = Consumer(6);
        using var partition = Open(consumer, resumeState: 1_000);
        partition.OnCommitted(1_000);
        Poll(partition);
        Assert.Equal(1_003, partition.Snapshot().Value);
        partition.OnCommitted(1_000);
        _clock.AdvanceBy(1);
        Assert.Empty(consumer.Acked);
        partition.OnCommitted(1_003);
        _clock.AdvanceBy(1);
        Assert.Equal([0, 1, 2], consumer.Acked);
    }

    [Fact]
    public void S11_a_position_that_is_no_snapshot_is_refused()
    {
        var consumer = Consumer(6);
        using var partition = Open(consumer, resumeState: 10);
        Poll(partition);
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => partition.OnCommitted(11));
        Assert.Contains("which go up to 10 (rule S11)", refused.Message, StringComparison.Ordinal);
        _clock.AdvanceBy(1);
        Assert.Empty(consumer.Acked);
    }

    [Fact]
    public void S11_commits_meanwhile_are_acknowledged_together_and_never_two_calls_at_once()
    {
        var consumer = Consumer(9, ackTime: 10);
        using var partition = Open(consumer);
        for (var i = 0; i < 3; i++)
        {
            Poll(partition);
            partition.OnCommitted(partition.Snapshot().Value);
            _clock.AdvanceBy(1);
        }

        Assert.Empty(consumer.Acked);
        _clock.AdvanceBy(20);
        Assert.Equal(Enumerable.Range(0, 9), consumer.Acked);
        Assert.Equal(2, consumer.AckCalls);
        Assert.False(consumer.Overlapped);
    }

    [Fact]
    public void S1_polls_go_on_while_an_acknowledgement_takes_its_time()
    {
        var consumer = Consumer(6, ackTime: 1_000);
        using var partition = Open(consumer);
        Poll(partition);
        partition.OnCommitted(partition.Snapshot().Value);
        _clock.AdvanceBy(1);
        Assert.Equal([3, 4, 5], Poll(partition));
        Assert.Empty(consumer.Acked);
    }

    [Fact]
    public void S8_an_acknowledgement_that_fails_asks_for_a_poll_which_throws_it_every_time()
    {
        var consumer = Consumer(6, failsAt: 1);
        using var partition = Open(consumer);
        Poll(partition);
        var signals = 0;
        using var subscription = partition.Available!.Subscribe(_ => signals++);
        signals = 0;
        partition.OnCommitted(partition.Snapshot().Value);
        Assert.Equal(0, signals);
        _clock.AdvanceBy(1);
        Assert.Equal(1, signals);
        for (var i = 0; i < 2; i++)
        {
            var failure = Assert.Throws<AcknowledgementException>(() => partition.NextBatch());
            Assert.Equal(3, failure.Deliveries);
            Assert.IsType<IOException>(failure.InnerException);
            Assert.Equal("S11", ((IBreaksRule)failure).Rule);
        }
    }

    [Fact]
    public void S11_after_a_failed_acknowledgement_there_is_no_other()
    {
        var consumer = Consumer(9, ackTime: 5, failsAt: 1);
        var partition = Open(consumer);
        for (var i = 0; i < 2; i++)
        {
            Poll(partition);
            partition.OnCommitted(partition.Snapshot().Value);
        }

        _clock.AdvanceBy(5);
        Assert.Equal(3, Assert.Throws<AcknowledgementException>(() => Poll(partition)).Deliveries);
        Close(partition);
        Assert.Equal(1, consumer.AckCalls);
        Assert.Equal(["nack 6", "nack 7", "nack 8", "closed"], consumer.Log);
    }

    [Fact]
    public void S11_an_acknowledgement_that_does_not_end_times_out_and_nothing_is_called_beside_it()
    {
        var consumer = Consumer(9, ackTime: -1);
        var partition = Open(consumer, new AcknowledgingOptions { AckTimeout = 50.Ticks() });
        Poll(partition);
        partition.OnCommitted(partition.Snapshot().Value);
        _clock.AdvanceBy(49);
        Assert.Equal([3, 4, 5], partition.NextBatch());
        _clock.AdvanceBy(1);
        var failure = Assert.Throws<AcknowledgementException>(() => partition.NextBatch());
        Assert.IsType<TimeoutException>(failure.InnerException);
        Assert.True(consumer.AckToken.IsCancellationRequested);
        Close(partition);
        Assert.Equal(["closed"], consumer.Log);
        Assert.Empty(consumer.Nacked);
    }

    [Fact]
    public void Dispose_async_finishes_acks_then_gives_back_then_closes()
    {
        var consumer = Consumer(8, ackTime: 5);
        var partition = Open(consumer);
        Poll(partition);
        partition.OnCommitted(partition.Snapshot().Value);
        Poll(partition);
        Close(partition);
        Assert.Equal(["ack 0", "ack 1", "ack 2", "nack 3", "nack 4", "nack 5", "nack 6", "nack 7", "closed"], consumer.Log);
        Assert.True(consumer.Client.IsCancelled);
        Assert.Equal(1, consumer.Client.Disposed);
    }

    [Fact]
    public void Dispose_starts_the_same()
    {
        var consumer = Consumer(8);
        var partition = Open(consumer);
        Poll(partition);
        partition.OnCommitted(partition.Snapshot().Value);
        partition.Dispose();
        partition.Dispose();
        _clock.Start();
        Assert.Equal(["ack 0", "ack 1", "ack 2", "nack 3", "nack 4", "nack 5", "nack 6", "nack 7", "closed"], consumer.Log);
        Assert.Throws<ObjectDisposedException>(() => partition.NextBatch());
        Assert.Throws<ObjectDisposedException>(() => partition.Snapshot());
        partition.OnCommitted(3);
        _clock.Start();
        Assert.Equal("closed", consumer.Log[^1]);
    }

    [Fact]
    public void Dispose_async_tells_of_an_acknowledgement_that_no_poll_told_of()
    {
        var consumer = Consumer(3, failsAt: 1);
        var partition = Open(consumer);
        Poll(partition);
        partition.OnCommitted(partition.Snapshot().Value);
        var closed = partition.DisposeAsync().AsTask();
        _clock.Start();
        Assert.IsType<AcknowledgementException>(closed.Exception!.InnerException);
        Assert.Equal(["closed"], consumer.Log);
    }

    [Fact]
    public void Dispose_async_closes_also_when_giving_back_fails()
    {
        var consumer = Consumer(3, nackError: new IOException("gone"));
        var partition = Open(consumer);
        Poll(partition);
        var closed = partition.DisposeAsync().AsTask();
        _clock.Start();
        var failure = Assert.IsType<AcknowledgementException>(closed.Exception!.InnerException);
        Assert.StartsWith("3 deliveries could not be given back", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, consumer.Closed);
    }

    [Fact]
    public void S9_a_consumer_that_does_not_stop_receiving_is_closed_all_the_same()
    {
        var consumer = new TestConsumer(_clock, [new Step(0, 0)], obeys: false);
        var partition = Open(consumer, new AcknowledgingOptions { AckTimeout = 50.Ticks() });
        Assert.Equal([0], Poll(partition));
        var closed = partition.DisposeAsync().AsTask();
        _clock.Start();
        Assert.IsType<TimeoutException>(closed.Exception!.InnerException);
        Assert.Equal(["nack 0", "closed"], consumer.Log);
    }

    [Fact]
    public void S3_items_before_an_error_of_the_consumer_come_first_and_are_given_back()
    {
        var consumer = new TestConsumer(_clock, [new Step(0, 0), new Step(0, 1), new Step(0, null, Error: new IOException("lost"))]);
        var partition = Open(consumer);
        Assert.Equal([0, 1], Poll(partition));
        Assert.Throws<IOException>(() => partition.NextBatch());
        Close(partition);
        Assert.Equal(["nack 0", "nack 1", "closed"], consumer.Log);
    }

    [Fact]
    public void P5_the_last_deliveries_of_a_source_that_ends_are_acknowledged_before_it_closes()
    {
        var consumer = Consumer(2, end: 0);
        var partition = Open(consumer);
        Assert.Equal([0, 1], Poll(partition));
        Assert.Null(partition.NextBatch());
        Assert.Equal(1, consumer.Client.Disposed);
        Assert.Equal(0, consumer.Closed);
        partition.OnCommitted(partition.Snapshot().Value);
        Close(partition);
        Assert.Equal(["ack 0", "ack 1", "closed"], consumer.Log);
    }

    [Fact]
    public void A_dropped_delivery_is_acknowledged_without_any_item()
    {
        var consumer = Consumer(5);
        using var partition = Open(consumer, query: source => source.Where(_ => false));
        Assert.Empty(Poll(partition));
        Assert.Equal(5, partition.Snapshot().Value);
        partition.OnCommitted(5);
        _clock.AdvanceBy(1);
        Assert.Equal(5, consumer.Acked.Count);
    }

    [Fact]
    public void A_delivery_of_several_items_is_acknowledged_after_its_last()
    {
        var consumer = Consumer(1);
        using var partition = Open(consumer, query: source => source.SelectMany(_ => Enumerable.Range(0, 5)));
        Assert.Equal([0, 1, 2], Poll(partition));
        Assert.False(partition.Snapshot().HasValue);
        Assert.Equal([3, 4], Poll(partition));
        Assert.Equal(1, partition.Snapshot().Value);
    }

    [Fact]
    public void S6_the_consumer_is_not_pulled_beyond_the_most_unacked_until_a_commit()
    {
        var consumer = Consumer(20);
        using var partition = Open(consumer, new AcknowledgingOptions { MaxUnacked = 5 });
        Poll(partition);
        Poll(partition);
        Assert.Equal(5, consumer.Client.Delivered);
        Assert.Equal(5, consumer.Client.Moves);
        partition.OnCommitted(partition.Snapshot().Value);
        _clock.AdvanceBy(1);
        Assert.Equal(10, consumer.Client.Delivered);
    }

    [Fact]
    public void An_open_that_fails_is_the_error_of_the_source()
    {
        var source = new TestSource<int>(_ => throw new IOException("no broker"), deliveries => deliveries);
        var partition = source.BuildPartition("in", "consumer-0", ResumeState<long>.None);
        partition.Start(_clock);
        _clock.AdvanceBy(1);
        Assert.Throws<IOException>(() => partition.NextBatch());
        Close(partition);
    }

    [Fact]
    public void S10_a_partition_that_was_never_started_opens_nothing()
    {
        var source = new TestSource<int>(_ => Consumer(1), deliveries => deliveries);
        var partition = source.BuildPartition("in", "consumer-0", ResumeState<long>.None);
        Assert.True(partition.DisposeAsync().AsTask().IsCompletedSuccessfully);
        _clock.Start();
        Assert.Empty(source.Opened);
        Assert.Throws<ObjectDisposedException>(() => partition.Start(_clock));
    }

    [Fact]
    public void Each_consumer_is_a_partition_with_a_consumer_of_its_own()
    {
        var source = new TestSource<int>(_ => Consumer(1), deliveries => deliveries, consumers: 3);
        Assert.Equal(["consumer-0", "consumer-1", "consumer-2"], source.ListPartitions());
        using var partition = source.BuildPartition("in", "consumer-2", ResumeState<long>.None);
        partition.Start(_clock);
        _clock.AdvanceBy(1);
        Assert.Equal([2], source.Opened);
        var refused = Assert.Throws<ArgumentException>(() => source.BuildPartition("in", "consumer-3", ResumeState<long>.None));
        Assert.Contains("they are \"consumer-0\" to \"consumer-2\"", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_have_their_defaults_and_refuse_what_is_not_allowed()
    {
        Assert.Equal((10_000, TimeSpan.FromSeconds(30)), (new AcknowledgingOptions().MaxUnacked, new AcknowledgingOptions().AckTimeout));
        Refused("AcknowledgingOptions.MaxUnacked must be at least BridgeOptions.MaxBatchSize, which is 3, or null.", new() { MaxUnacked = 2 });
        Refused(
            "AcknowledgingOptions.AckTimeout must be more than zero and at most 1.00:00:00, or Timeout.InfiniteTimeSpan.",
            new() { AckTimeout = TimeSpan.Zero });
        Refused("AcknowledgingOptions.AckTimeout must be more than", new() { AckTimeout = TimeSpan.FromDays(2) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new TestSource<int>(_ => Consumer(1), source => source, consumers: 0));
        _ = new TestSource<int>(
            _ => Consumer(1), source => source, 1, new() { MaxUnacked = null, AckTimeout = Timeout.InfiniteTimeSpan }, _bridge);
    }

    private static void Refused(string message, AcknowledgingOptions options) => Assert.StartsWith(
        message,
        Assert.Throws<ArgumentOutOfRangeException>(() => new TestSource<int>(_ => null!, source => source, 1, options, _bridge)).Message,
        StringComparison.Ordinal);

    private TestConsumer Consumer(int deliveries, long ackTime = 0, int failsAt = 0, long? end = null, Exception? nackError = null)
    {
        var steps = Enumerable.Range(0, deliveries).Select(i => new Step(0, i));
        return new TestConsumer(_clock, end is { } at ? steps.Append(new Step(at, null, Ends: true)) : steps)
        {
            AckTime = ackTime,
            FailsAt = failsAt,
            NackError = nackError,
        };
    }

    private StatefulSourcePartition<int, long> Open(
        TestConsumer consumer, AcknowledgingOptions? options = null, ResumeState<long> resumeState = default,
        Func<PositionedObservable<int, long>, IObservable<Positioned<int, long>>>? query = null)
    {
        var source = new TestSource<int>(_ => consumer, query ?? (deliveries => deliveries), 1, options, _bridge);
        var partition = source.BuildPartition("in", "consumer-0", resumeState);
        partition.Start(_clock);
        return partition;
    }

    private IReadOnlyList<int> Poll(StatefulSourcePartition<int, long> partition)
    {
        _clock.AdvanceBy(1);
        var batch = partition.NextBatch()!;
        _clock.AdvanceBy(1);
        return batch;
    }

    private void Close(StatefulSourcePartition<int, long> partition)
    {
        var closed = partition.DisposeAsync().AsTask();
        _clock.Start();
        Assert.True(closed.IsCompletedSuccessfully);
        Assert.Equal(0, _clock.Pending);
    }
}
