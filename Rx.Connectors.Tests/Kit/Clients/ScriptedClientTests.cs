using System.Reactive.Linq;
using Rx.Connectors.Bridging;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Kit.Clients;

/// <summary>Clients that do as they are told.</summary>
public sealed class ScriptedClientTests
{
    private static readonly BridgeOptions _atOnce = new() { MaxBatchDelay = TimeSpan.Zero };

    private readonly VirtualScheduler _clock = new(new VirtualSchedulerOptions { Seed = 5 });

    [Fact]
    public void A_stream_delivers_at_its_times_and_ends()
    {
        var stream = ClientScript.Of<int>().Deliver(5.Ticks(), 1, 2).Deliver(9.Ticks(), 3).End(20.Ticks()).ToStream(_clock);
        using var partition = Bridge.From(stream).ToPartition(_atOnce);
        partition.Start(_clock);
        Assert.Equal([1, 2], partition.PollNextBatch(_clock));
        Assert.Equal(5, _clock.Clock);
        Assert.Equal([3], partition.PollNextBatch(_clock));
        Assert.Equal(9, _clock.Clock);
        Assert.Null(partition.PollNextBatch(_clock));
        Assert.Equal(20, _clock.Clock);
        Assert.Equal([1, 2, 3], stream.Delivered);
        Assert.Equal((1, 4, 0, 1), (stream.Opened, stream.Reads, stream.Overlapping, stream.Disposed));
    }

    [Fact]
    public void A_stream_fails()
    {
        var stream = ClientScript.Of<int>().Deliver(5.Ticks(), 1).Fail(6.Ticks(), new IOException("reset")).ToStream(_clock);
        using var partition = Bridge.From(stream).ToPartition(_atOnce);
        partition.Start(_clock);
        Assert.Equal([1], partition.PollNextBatch(_clock));
        Assert.Throws<IOException>(() => partition.PollNextBatch(_clock));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void A_stream_that_hangs_obeys_its_token_or_not(bool obeys, int disposed)
    {
        var stream = ClientScript.Of<int>().ToStream(_clock, obeys);
        var partition = Bridge.From(stream).ToPartition();
        partition.Start(_clock);
        _clock.AdvanceBy(10);
        partition.Dispose();
        // What was cancelled may go on on another thread, which is what EscapePolicy is about.
        SpinWait.SpinUntil(() => stream.Disposed > 0, TimeSpan.FromSeconds(obeys ? 60 : 0.1));
        Assert.Equal(1, stream.Cancelled);
        Assert.Equal(disposed, stream.Disposed);
    }

    [Fact]
    public void A_stream_counts_reads_that_overlap()
    {
        var stream = ClientScript.Of<int>().ToStream(_clock);
        var items = stream.GetAsyncEnumerator();
        var reads = new[] { items.MoveNextAsync().AsTask(), items.MoveNextAsync().AsTask() };
        Assert.Equal((2, 1), (stream.Reads, stream.Overlapping));
        var disposal = items.DisposeAsync();
        Assert.True(disposal.IsCompleted);
        Assert.Equal(2, stream.Overlapping);
        Assert.Equal(2, reads.Length);
    }

    [Fact]
    public void An_observable_floods_in_order_also_where_the_order_is_drawn()
    {
        var script = ClientScript.Of<int>().Deliver(5.Ticks(), Enumerable.Range(0, 500)).Deliver(5.Ticks(), 500).End(8.Ticks());
        var items = new List<int>();
        var ended = -1L;
        script.ToObservable(_clock).Subscribe(items.Add, () => ended = _clock.Clock);
        _clock.Start();
        Assert.Equal(Enumerable.Range(0, 501), items);
        Assert.Equal(8, ended);
    }

    [Fact]
    public void An_observable_fails_hangs_and_is_left()
    {
        Exception? error = null;
        ClientScript.Of<int>().Fail(3.Ticks(), new IOException()).ToObservable(_clock).Subscribe(_ => { }, e => error = e);
        var items = new List<int>();
        ClientScript.Of<int>().Deliver(3.Ticks(), 1, 2, 3).ToObservable(_clock).Take(2).Subscribe(items.Add);
        _clock.Start();
        Assert.IsType<IOException>(error);
        Assert.Equal([1, 2], items);
        Assert.Equal(0, _clock.Pending);
    }

    [Fact]
    public void Writes_succeed_after_a_delay_and_at_most_so_many_at_once()
    {
        var writes = new ScriptedWrites<int>(_clock, call => WriteStep.Succeed((10 - call.Number).Ticks()));
        using var sink = Bridge.To<int>(writes.WriteAsync).ToPartition(new WriteOptions { MaxConcurrency = 3 });
        sink.Start(_clock);
        _clock.At(1, () => sink.WriteBatch([1, 2, 3]));
        _clock.Start();
        Assert.Equal([3, 2, 1], writes.Confirmed);
        Assert.Equal([1, 2, 3], writes.Calls.Select(call => call.Item));
        Assert.Equal(3, writes.MostAtOnce);
        Assert.Equal(10, _clock.Clock);
    }

    [Fact]
    public void Writes_fail_so_often_and_are_tried_again()
    {
        var writes = new ScriptedWrites<int>(_clock, call => call.Attempt <= 2 ? WriteStep.Fail() : WriteStep.Succeed());
        using var sink = Bridge.To<int>(writes.WriteAsync).ToPartition(new WriteOptions { MaxRetryAttempts = 2 });
        sink.Start(_clock);
        _clock.At(1, () => sink.WriteBatch([1, 2]));
        _clock.Start();
        Assert.Equal([1, 2], writes.Confirmed);
        Assert.Equal(6, writes.Calls.Count);
        Assert.Equal(1, writes.MostAtOnce);
    }

    [Fact]
    public void A_write_that_hangs_ends_with_its_time()
    {
        // What was cancelled may go on on another thread.
        var clock = new VirtualScheduler(new VirtualSchedulerOptions { Escapes = EscapePolicy.Ignore });
        var writes = new ScriptedWrites<int>(clock, _ => WriteStep.Hang);
        using var sink = Bridge.To<int>(writes.WriteAsync).ToPartition(new WriteOptions { Timeout = 20.Ticks() });
        sink.Start(clock);
        Exception? error = null;
        clock.At(1, () => error = Record.Exception(() => sink.WriteBatch([1])));
        clock.Start();
        Assert.NotNull(error);
        Assert.Equal(21, clock.Clock);
        Assert.True(SpinWait.SpinUntil(() => writes.Cancelled == 1, Times.Patience));
        Assert.Empty(writes.Confirmed);
    }
}
