using System.Reactive.Disposables;
using Rx.Connectors.Bridging;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>Races inside the bridge, on real threads. Nothing here depends on how fast the machine is.</summary>
[Trait("speed", "slow")]
public sealed class BridgeThreadTests
{
    [Fact]
    public void K1_a_write_that_ends_while_it_is_subscribed_to_leaves_nothing_behind_at_the_token()
    {
        using var open = new CancellationTokenSource();
        var client = new Elsewhere();
        using var stop = new CancellationTokenSource();
        var thread = new Thread(() => client.Run(stop.Token)) { IsBackground = true };
        thread.Start();
        var writes = Write(client, open.Token);
        stop.Cancel();
        thread.Join();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.Equal(0, writes.Count(write => write.IsAlive));
        GC.KeepAlive(open);
    }

    [Fact]
    public async Task S9_what_one_thread_sends_stays_in_order_whatever_others_do()
    {
        const int senders = 4;
        for (var round = 0; round < 40; round++)
        {
            var target = new PerSender(senders);
            var serial = new SerialTarget<(int Sender, int Number)>(target);
            await Task.WhenAll(Enumerable.Range(0, senders).Select(sender => Task.Factory.StartNew(
                () =>
                {
                    for (var i = 1; i <= 20_000; i++)
                    {
                        serial.OnNext((sender, i));
                    }
                },
                TaskCreationOptions.LongRunning)));
            Assert.Equal(Enumerable.Repeat(20_000, senders), target.Last);
            Assert.Null(target.Mistake);
        }
    }

    private static List<WeakReference> Write(Elsewhere client, CancellationToken token)
    {
        var writes = new List<WeakReference>();
        for (var i = 0; i < 100_000; i++)
        {
            var task = ObservableWrite<int>.Run(client, token);
            SpinWait.SpinUntil(() => task.IsCompleted);
            writes.Add(new WeakReference(client.Last));
        }

        client.Last = null;
        return writes;
    }

    /// <summary>Completes each subscription on a thread of its own, as soon as it sees it.</summary>
    private sealed class Elsewhere : IObservable<int>
    {
        private IObserver<int>? _waiting;

        public object? Last { get; set; }

        public IDisposable Subscribe(IObserver<int> observer)
        {
            Last = observer;
            Volatile.Write(ref _waiting, observer);
            return Disposable.Empty;
        }

        public void Run(CancellationToken stop)
        {
            var random = new Random(1);
            while (!stop.IsCancellationRequested)
            {
                if (Interlocked.Exchange(ref _waiting, null) is { } observer)
                {
                    Thread.SpinWait(random.Next(30));
                    observer.OnCompleted();
                }
            }
        }
    }

    private sealed class PerSender(int senders) : IFeedTarget<(int Sender, int Number)>
    {
        public int[] Last { get; } = new int[senders];

        public string? Mistake { get; private set; }

        public void OnNext((int Sender, int Number) value)
        {
            if (value.Number != Last[value.Sender] + 1)
            {
                Mistake ??= $"{value.Sender} sent {value.Number} after {Last[value.Sender]}";
            }

            Last[value.Sender] = value.Number;
        }

        public void OnNextBatch(IList<(int Sender, int Number)> batch)
        {
        }

        public void OnError(Exception error)
        {
        }

        public void OnCompleted()
        {
        }
    }
}
