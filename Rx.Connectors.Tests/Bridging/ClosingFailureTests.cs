using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>Rules S9 and S10 where what belongs to the client, or to the user's query, throws at a bad moment.</summary>
public sealed class ClosingFailureTests
{
    private readonly VirtualScheduler _clock = new();

    [Fact]
    public void S9_a_subscription_that_cannot_be_disposed_does_not_hide_the_end()
    {
        var client = new Stubborn();
        using var partition = Bridge.From(client).ToPartition();
        using var host = new PollHost<int>(partition, _clock);
        _clock.Start();
        client.Observer.OnNext(1);
        client.Observer.OnCompleted();
        _clock.Start();
        Assert.Equal([1], host.Items);
        Assert.True(host.IsComplete);
    }

    [Fact]
    public void S10_a_query_that_cannot_be_disposed_does_not_keep_the_client_open()
    {
        var client = new ScriptedClient<int>(_clock, []);
        var partition = Bridge.From(client)
            .Query(source => source.Finally(() => throw new InvalidOperationException()))
            .ToPartition();
        partition.Start(_clock);
        _clock.Start();
        partition.Dispose();
        Assert.True(client.IsCancelled);
        Assert.Equal(1, client.Disposed);
    }

    [Fact]
    public void S10_a_call_that_throws_when_it_is_cancelled_does_not_keep_the_client_open()
    {
        var client = new ScriptedClient<int>(_clock, [new Step(0, 1)]);
        var partition = Bridge.From(client, i => i)
            .Query(source => source.SelectAsync(
                (_, cancellation) =>
                {
                    cancellation.Register(() => throw new InvalidOperationException());
                    return new TaskCompletionSource<int>().Task;
                },
                1))
            .ToPartition(ResumeState<int>.None);
        partition.Start(_clock);
        _clock.Start();
        partition.Dispose();
        Assert.True(client.IsCancelled);
        Assert.Equal(1, client.Disposed);
    }

    [Fact]
    public void S9_an_operator_behind_SelectAsync_that_throws_out_of_OnNext_does_not_reach_the_call()
    {
        using var source = new Subject<int>();
        var call = new TaskCompletionSource<int>();
        using var partition = Bridge.From(source, i => i)
            .Query(items => items.SelectAsync((_, _) => call.Task, 1).Throwing())
            .ToPartition(ResumeState<int>.None);
        using var host = new PollHost<int>(partition, _clock);
        source.OnNext(1);
        call.SetResult(1);
        _clock.Start();
        Assert.Equal("operator", Assert.IsType<InvalidOperationException>(host.Error).Message);
        Assert.False(source.HasObservers);
    }

    [Fact]
    public void S9_a_batch_that_cannot_be_read_is_an_error_of_the_source()
    {
        using var source = new Subject<IList<int>>();
        using var partition = Bridge.FromBatches(source).ToPartition();
        using var host = new PollHost<int>(partition, _clock);
        source.OnNext([1, 2]);
        source.OnNext(new Unreadable { 3, 4, 5 });
        _clock.Start();
        Assert.Equal([1, 2], host.Items);
        Assert.IsType<IOException>(host.Error);
        Assert.Equal(0, partition.Status.Queued);
    }

    private sealed class Stubborn : IObservable<int>, IDisposable
    {
        public IObserver<int> Observer { get; private set; } = null!;

        public IDisposable Subscribe(IObserver<int> observer)
        {
            Observer = observer;
            return this;
        }

        public void Dispose() => throw new InvalidOperationException();
    }

    private sealed class Unreadable : List<int>, IList<int>
    {
        int IList<int>.this[int index]
        {
            get => index < 2 ? this[index] : throw new IOException();
            set => throw new NotSupportedException();
        }

        void ICollection<int>.CopyTo(int[] array, int arrayIndex) => throw new IOException();
    }
}

internal static class ThrowingOperator
{
    public static IObservable<T> Throwing<T>(this IObservable<T> source) =>
        Observable.Create<T>(observer => source.Subscribe(_ => throw new InvalidOperationException("operator"), observer.OnError));
}
