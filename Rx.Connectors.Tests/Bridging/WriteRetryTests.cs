using Rx.Connectors.Bridging;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sinks;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>Rules K3 to K5 where retries, failures and closing meet.</summary>
public sealed class WriteRetryTests
{
    private static readonly BackoffOptions _hour = new() { BaseDelay = TimeSpan.FromHours(1), MaxDelay = TimeSpan.FromHours(1), Jitter = false };
    private readonly VirtualScheduler _clock = new();

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public void K3_a_retry_that_is_due_is_not_begun_after_another_write_has_failed(int duration)
    {
        var begun = new List<int>();
        var bridge = Bridge.To<int>(async (i, _) =>
        {
            begun.Add(i);
            var first = begun.Count(one => one == i) == 1;
            if (i == 0 && !first && duration > 0)
            {
                await Later(duration);
            }

            throw new IOException($"{i}");
        });
        using var partition = bridge.ToPartition(new WriteOptions
        {
            MaxConcurrency = 2,
            MaxRetryAttempts = 1,
            ShouldRetry = error => error.Message is "0" or "1",
            Backoff = new BackoffOptions { BaseDelay = 5.Ticks(), MaxDelay = 5.Ticks(), Jitter = false },
        });
        partition.Start(_clock);
        var failure = Assert.Throws<SinkWriteException>(() => partition.WriteBatch([0, 1]));
        Assert.Equal(duration == 0 ? [0, 1, 0] : [0, 1, 0, 1], begun);
        Assert.Equal([0, 1], failure.Failed.Select(one => one.Index));
        Assert.Empty(failure.Confirmed);
    }

    [Fact]
    public void K3_a_write_is_not_both_confirmed_and_failed()
    {
        var tries = 0;
        var bridge = Bridge.To<int>((i, _) => i == 1 && ++tries > 1 ? Task.CompletedTask : Task.FromException(new IOException()));
        using var partition = bridge.ToPartition(new WriteOptions
        {
            MaxConcurrency = 2,
            MaxRetryAttempts = 1,
            Backoff = new BackoffOptions { BaseDelay = 5.Ticks(), MaxDelay = 5.Ticks(), Jitter = false },
        });
        partition.Start(_clock);
        var failure = Assert.Throws<SinkWriteException>(() => partition.WriteBatch([0, 1]));
        Assert.Equal([0, 1], failure.Failed.Select(one => one.Index));
        Assert.Empty(failure.Confirmed);
    }

    [Fact]
    public void K5_closing_ends_the_wait_for_a_retry()
    {
        using var partition = Bridge.To<int>((_, _) => throw new IOException("offline"))
            .ToPartition(new WriteOptions { MaxRetryAttempts = 10, Backoff = _hour });
        partition.Start(_clock);
        _clock.At(100, partition.Dispose);
        var failure = Assert.Throws<SinkWriteException>(() => partition.WriteBatch([1]));
        Assert.Equal("offline", failure.InnerException!.Message);
        Assert.Equal(100, _clock.Clock);
    }

    [Fact]
    public void K5_a_write_that_closing_has_cancelled_is_not_retried()
    {
        var begun = 0;
        using var partition = Bridge.To<int>((_, cancellation) =>
            {
                begun++;
                return Task.Delay(Timeout.InfiniteTimeSpan, _clock.ToTimeProvider(), cancellation);
            })
            .ToPartition(new WriteOptions { MaxRetryAttempts = 10, Timeout = Timeout.InfiniteTimeSpan, Backoff = _hour });
        partition.Start(_clock);
        _clock.At(100, partition.Dispose);
        Assert.Throws<SinkWriteException>(() => partition.WriteBatch([1]));
        Assert.Equal(1, begun);
        Assert.Equal(100, _clock.Clock);
    }

    [Fact]
    public void K4_the_timeout_may_be_as_long_as_a_time_span()
    {
        using var partition = Bridge.To<int>((_, _) => Later(10))
            .ToPartition(new WriteOptions { Timeout = TimeSpan.MaxValue });
        partition.Start(_clock);
        partition.WriteBatch([1]);
        Assert.Equal(10, _clock.Clock);
    }

    [Fact]
    public void K3_what_a_client_throws_beside_its_task_fails_the_writes_in_flight()
    {
        var cancelled = false;
        using var partition = Bridge.To<int>((_, cancellation) =>
            {
                cancellation.Register(() => cancelled = true);
                ThrowLater();
                return Later(100);
            })
            .ToPartition();
        partition.Start(_clock);
        var failure = Assert.Throws<SinkWriteException>(() => partition.WriteBatch([1, 2]));
        Assert.Equal("astray", failure.InnerException!.Message);
        Assert.Equal([1], failure.NotTried);
        Assert.True(cancelled);
    }

    // What an async void does.
    private void ThrowLater()
    {
        var mailbox = (Mailbox)SynchronizationContext.Current!;
        _clock.At(_clock.Clock + 5, () => mailbox.Post(_ => throw new InvalidOperationException("astray"), null));
    }

    private Task Later(int delay)
    {
        var later = new TaskCompletionSource();
        _clock.At(_clock.Clock + delay, later.SetResult);
        return later.Task;
    }
}
