using System.Reactive.Linq;
using System.Runtime.CompilerServices;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;
using Xunit.Sdk;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>
/// What goes wrong with the obvious glue, <c>client.ToObservable().Buffer(time, count).Subscribe(queue.Add)</c>: each check is
/// run against that glue, where it must fail, and against a bridge, where it must pass.
/// </summary>
public sealed class HazardTests
{
    private const int PayloadBytes = 1_024;
    private const int Flood = 20_000;
    private const int Capacity = 500;

    private interface IPolled<T>
    {
        IReadOnlyList<T> Poll();
    }

    [Fact]
    public void Hazard_error_the_plain_composition_loses_the_open_buffer() =>
        Assert.Equal(200, DeliveredBeforeAnError((client, clock) => new PlainRx<int>(client, clock)));

    [Fact]
    public void Hazard_error_a_bridge_hands_out_all_250() =>
        Assert.Equal(250, DeliveredBeforeAnError((client, clock) => new Bridged<int>(client, clock)));

    [Fact]
    public void Hazard_slow_poller_the_plain_composition_holds_everything_that_was_sent() =>
        Assert.InRange(HeldFor(client => new PlainRx<Payload>(client, new VirtualScheduler())), (Flood - 100) * PayloadBytes, long.MaxValue);

    [Fact]
    public void Hazard_slow_poller_a_bridge_holds_no_more_than_its_capacity()
    {
        var clock = new VirtualScheduler();
        // 500 items of 1 KiB and the one that the client has in its hand: 501 KiB, of 20,000 that could have been sent.
        Assert.InRange(HeldFor(client => new Bridged<Payload>(client, clock)), 1, (Capacity + 1) * PayloadBytes);
    }

    [Fact]
    public void Hazard_consumer_throws_the_plain_composition_throws_where_nobody_can_catch_it() =>
        Assert.Equal("the consumer's", ThrownOutOfReach(client => client.ToObservable().Subscribe(_ => throw new InvalidTimeZoneException("the consumer's"))));

    [Fact]
    public void Hazard_consumer_throws_a_bridge_hands_the_exception_to_the_poller()
    {
        var clock = new VirtualScheduler();
        using var partition = Bridge.From(Numbers()).Query(items => items.Do(_ => throw new InvalidTimeZoneException("the consumer's")))
            .ToPartition();
        Assert.Null(ThrownOutOfReach(_ =>
        {
            partition.Start(clock);
            clock.Start();
        }));
        Assert.Throws<InvalidTimeZoneException>(partition.NextBatch);
    }

    [Fact]
    public void Hazard_consumer_throws_a_flow_ends_with_an_error_that_names_the_step()
    {
        var clock = new VirtualScheduler();
        var flow = new Dataflow("trades");
        flow.Input("numbers", Bridge.From(Numbers()).ToSource())
            .Select<int>(_ => throw new InvalidTimeZoneException("the consumer's"), "convert")
            .Output("nowhere", Bridge.To<int>((_, _) => Task.CompletedTask).ToSink());
        Task run = Task.CompletedTask;
        Assert.Null(ThrownOutOfReach(_ =>
        {
            run = flow.RunAsync(new FlowOptions { Scheduler = clock }, TestContext.Current.CancellationToken);
            clock.Start();
        }));
        var error = Assert.IsType<FlowException>(run.Exception!.InnerException);
        Assert.Equal("Flow 'trades', step 'convert', partition '0': the step failed: the consumer's", error.Message);
    }

    [Fact]
    public void The_checks_can_fail()
    {
        // The same bound that holds for a bridge is broken by the plain composition.
        Assert.Throws<InRangeException>(() => Assert.InRange(
            HeldFor(client => new PlainRx<Payload>(client, new VirtualScheduler())), 1, (Capacity + 1) * PayloadBytes));
    }

    private static int DeliveredBeforeAnError(Func<IAsyncEnumerable<int>, VirtualScheduler, IPolled<int>> glue)
    {
        var clock = new VirtualScheduler();
        var steps = Enumerable.Range(0, 250).Select(i => new Step(i, i)).Append(new Step(250, null, Error: new IOException("reset")));
        var polled = glue(new ScriptedClient<int>(clock, steps), clock);
        clock.Start();
        var delivered = 0;
        while (polled.Poll() is { Count: > 0 } batch)
        {
            delivered += batch.Count;
        }

        return delivered;
    }

    /// <summary>How many bytes of payload are alive after a flood of which the poller has taken one batch.</summary>
    private static long HeldFor(Func<IAsyncEnumerable<Payload>, IPolled<Payload>> glue)
    {
        var sent = new List<WeakReference>();
        var polled = glue(Payloads(sent));
        PollOnce(polled);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        var alive = sent.Count(payload => payload.IsAlive);
        GC.KeepAlive(polled);
        return (long)alive * PayloadBytes;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void PollOnce(IPolled<Payload> polled) => Assert.NotEmpty(polled.Poll());

    /// <summary>What was thrown into the synchronisation context, as from <c>async void</c>: without one it ends the process.</summary>
    private static string? ThrownOutOfReach(Action<IAsyncEnumerable<int>> run)
    {
        var outer = SynchronizationContext.Current;
        var context = new Catching();
        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            run(Numbers());
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }

        return context.Thrown?.Message;
    }

    private static async IAsyncEnumerable<Payload> Payloads(List<WeakReference> sent)
    {
        for (var i = 0; i < Flood; i++)
        {
            yield return Make(sent);
        }

        await Task.CompletedTask;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Payload Make(List<WeakReference> sent)
    {
        var payload = new Payload();
        sent.Add(new WeakReference(payload));
        return payload;
    }

    private static async IAsyncEnumerable<int> Numbers()
    {
        yield return 1;
        yield return 2;
        await Task.CompletedTask;
    }

    private sealed class Payload
    {
        public byte[] Bytes { get; } = new byte[PayloadBytes];
    }

    /// <summary>The obvious glue, to the letter.</summary>
    private sealed class PlainRx<T> : IPolled<T>
    {
        private readonly Queue<IList<T>> _queue = new();

        public PlainRx(IAsyncEnumerable<T> client, VirtualScheduler clock) =>
            client.ToObservable().Buffer(TimeSpan.FromMilliseconds(500), 100, clock).Subscribe(_queue.Enqueue, _ => { });

        public IReadOnlyList<T> Poll() => _queue.TryDequeue(out var batch) ? [.. batch] : [];
    }

    private sealed class Bridged<T> : IPolled<T>
    {
        private readonly StatelessSourcePartition<T> _partition;
        private readonly VirtualScheduler _clock;

        public Bridged(IAsyncEnumerable<T> client, VirtualScheduler clock)
        {
            _clock = clock;
            _partition = Bridge.From(client).ToPartition(new BridgeOptions { Capacity = Capacity });
            _partition.Start(clock);
        }

        public IReadOnlyList<T> Poll()
        {
            _clock.Start();
            try
            {
                return _partition.NextBatch() ?? [];
            }
            catch (IOException)
            {
                return [];
            }
            finally
            {
                _clock.Start();
            }
        }
    }

    private sealed class Catching : SynchronizationContext
    {
        public Exception? Thrown { get; private set; }

        public override void Post(SendOrPostCallback d, object? state)
        {
            try
            {
                d(state);
            }
            catch (Exception thrown)
            {
                Thrown = thrown;
            }
        }
    }
}
