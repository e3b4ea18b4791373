using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Kit.Sources;

public sealed class PollBatchesTests : IDisposable
{
    private readonly VirtualScheduler _clock = new();
    private readonly Subject<int> _client = new();
    private readonly SourcePartition<int> _partition;

    public PollBatchesTests()
    {
        _partition = Bridge.From(_client).ToPartition(new BridgeOptions { MaxBatchDelay = TimeSpan.Zero });
        _partition.Start(_clock);
    }

    public void Dispose()
    {
        _partition.Dispose();
        _client.Dispose();
    }

    [Fact]
    public void Each_batch_is_polled_when_it_is_asked_for_and_has_a_time_of_its_own()
    {
        At(8, () => _client.OnNext(1));
        At(16, () => _client.OnNext(2));
        At(24, _client.OnCompleted);
        using var batches = _partition.PollBatches(_clock).GetEnumerator();
        Assert.Equal(0, _clock.Clock);
        Assert.True(batches.MoveNext());
        Assert.Equal((8, 1), (Seconds(), Assert.Single(batches.Current)));
        Assert.True(batches.MoveNext());
        Assert.Equal((16, 2), (Seconds(), Assert.Single(batches.Current)));
        Assert.False(batches.MoveNext());
        Assert.Equal(24, Seconds());
    }

    [Fact]
    public void What_comes_between_two_batches_is_in_the_next()
    {
        At(1, () => _client.OnNext(1));
        using var batches = _partition.PollBatches(_clock).GetEnumerator();
        Assert.True(batches.MoveNext());
        _client.OnNext(2);
        _client.OnNext(3);
        Assert.True(batches.MoveNext());
        Assert.Equal([2, 3], batches.Current);
        Assert.Equal(1, Seconds());
    }

    [Fact]
    public void A_batch_that_does_not_come_is_a_timeout()
    {
        At(1, () => _client.OnNext(1));
        using var batches = _partition.PollBatches(_clock, TimeSpan.FromSeconds(2)).GetEnumerator();
        Assert.True(batches.MoveNext());
        Assert.Throws<TimeoutException>(() => batches.MoveNext());
        Assert.Equal(3, Seconds());
    }

    [Fact]
    public void What_it_cannot_do_is_said_at_once()
    {
        Assert.Throws<ArgumentNullException>(() => _partition.PollBatches(null!));
        Assert.Throws<ArgumentException>(() => _partition.PollBatches(new TestScheduler()));
    }

    private void At(int seconds, Action action) => _clock.At(TimeSpan.FromSeconds(seconds).Ticks, action);

    private int Seconds() => (int)TimeSpan.FromTicks(_clock.Clock).TotalSeconds;
}
