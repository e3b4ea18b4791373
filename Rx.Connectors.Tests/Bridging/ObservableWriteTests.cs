using System.Reactive;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sinks;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>K1, K3: a write that has told its end has ended so, whatever its subscription does then.</summary>
public sealed class ObservableWriteTests
{
    private readonly VirtualScheduler _clock = new();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void K1_a_write_that_completes_inside_Subscribe_and_cannot_be_unsubscribed_from_is_confirmed(int concurrency)
    {
        var options = new WriteOptions { MaxConcurrency = concurrency };
        Write(options, Odd(observer => observer.OnCompleted(), Fails));
        Write(options, Odd(observer => observer.OnCompleted(), () => { }, inSubscribe: true));
    }

    [Fact]
    public void K1_a_write_that_completes_later_and_cannot_be_unsubscribed_from_is_confirmed()
    {
        using var ends = new Subject<Unit>();
        _clock.At(10, ends.OnCompleted);
        Write(new WriteOptions(), Odd(observer => ends.Subscribe(observer), Fails));
        Assert.Equal(10, _clock.Clock);
    }

    [Fact]
    public void K3_a_write_that_fails_inside_Subscribe_fails_with_its_own_error()
    {
        var error = Assert.Throws<SinkWriteException>(() => Write(new WriteOptions(), Odd(observer => observer.OnError(new IOException("mine")), Fails)));
        Assert.Equal("mine", error.InnerException!.Message);
        error = Assert.Throws<SinkWriteException>(() => Write(new WriteOptions(), Odd(_ => { }, () => { }, inSubscribe: true)));
        Assert.Equal("unsubscribe", error.InnerException!.Message);
    }

    [Fact]
    public void K4_a_write_that_times_out_and_cannot_be_unsubscribed_from_times_out()
    {
        var error = Assert.Throws<SinkWriteException>(() => Write(new WriteOptions { Timeout = 10.Ticks() }, Odd(_ => { }, Fails)));
        Assert.IsType<TimeoutException>(error.InnerException);
    }

    [Fact]
    public void S10_a_sink_closes_although_its_write_cannot_be_unsubscribed_from()
    {
        using var partition = Bridge.To<int, Unit>(_ => Odd(_ => { }, Fails)).ToPartition();
        partition.Start(_clock);
        _clock.At(10, partition.Dispose);
        var error = Assert.Throws<SinkWriteException>(() => partition.WriteBatch([1]));
        Assert.IsAssignableFrom<OperationCanceledException>(error.InnerException);
    }

    [Fact]
    public void K1_a_task_whose_callback_of_the_token_throws_is_confirmed_when_it_ends()
    {
        using var partition = Bridge.To<int>(async (_, stop) =>
        {
            stop.Register(Fails);
            await Task.Delay(TimeSpan.FromMilliseconds(2), _clock.TimeProvider, CancellationToken.None);
        }).ToPartition();
        partition.Start(_clock);
        _clock.At(10, partition.Dispose);
        partition.WriteBatch([1]);
        Assert.Equal(TimeSpan.FromMilliseconds(2).Ticks, _clock.Clock);
    }

    private static void Fails() => throw new IOException("unsubscribe");

    private static IObservable<Unit> Odd(Action<IObserver<Unit>> begin, Action unsubscribe, bool inSubscribe = false) =>
        new Raw(observer =>
        {
            begin(observer);
            if (inSubscribe)
            {
                Fails();
            }

            return Disposable.Create(unsubscribe);
        });

    private void Write(WriteOptions options, IObservable<Unit> write)
    {
        using var partition = Bridge.To<int, Unit>(_ => write).ToPartition(options);
        partition.Start(_clock);
        partition.WriteBatch([1, 2]);
    }

    private sealed class Raw(Func<IObserver<Unit>, IDisposable> subscribe) : IObservable<Unit>
    {
        public IDisposable Subscribe(IObserver<Unit> observer) => subscribe(observer);
    }
}
