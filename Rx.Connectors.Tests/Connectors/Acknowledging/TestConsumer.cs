using Rx.Connectors.Acknowledging;
using Rx.Connectors.Bridging;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;

namespace Rx.Connectors.Tests.Connectors.Acknowledging;

/// <summary>A consumer in virtual time that writes down what became of each delivery, and how it was used.</summary>
internal sealed class TestConsumer(VirtualScheduler clock, IEnumerable<Step> steps, bool obeys = true) : DeliveryConsumer<int>
{
    private int _calls;

    public ScriptedClient<int> Client { get; } = new(clock, steps, obeys: obeys);

    public List<int> Acked { get; } = [];

    public List<int> Nacked { get; } = [];

    /// <summary>The order of everything: "ack 0", "nack 1", "closed".</summary>
    public List<string> Log { get; } = [];

    public int AckCalls { get; private set; }

    public int Closed { get; private set; }

    public bool Overlapped { get; private set; }

    public CancellationToken AckToken { get; private set; }

    /// <summary>How long an acknowledgement takes; negative for one that never ends.</summary>
    public long AckTime { get; set; }

    /// <summary>The call of <see cref="AckAsync"/>, from 1, that fails.</summary>
    public int FailsAt { get; set; }

    /// <summary>Fails that call before it returns a task, as a client does that looks whether it is connected.</summary>
    public bool FailsAtOnce { get; set; }

    public Exception? NackError { get; init; }

    public Exception? CloseError { get; init; }

    public override IAsyncEnumerable<int> ReceiveAsync(CancellationToken cancellationToken) => Client;

    public override ValueTask AckAsync(IReadOnlyList<int> deliveries, CancellationToken cancellationToken) =>
        FailsAtOnce && ++AckCalls == FailsAt ? throw new IOException("the broker is gone") : AckSlowlyAsync(deliveries, cancellationToken);

    public override async ValueTask NackAsync(IReadOnlyList<int> deliveries, CancellationToken cancellationToken)
    {
        await CallAsync(0);
        Nacked.AddRange(deliveries);
        Log.AddRange(deliveries.Select(delivery => $"nack {delivery}"));
        if (NackError is not null)
        {
            throw NackError;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        Overlapped |= _calls > 0 && AckTime >= 0;
        Closed++;
        Log.Add("closed");
        await base.DisposeAsync();
        if (CloseError is not null)
        {
            throw CloseError;
        }
    }

    private async ValueTask AckSlowlyAsync(IReadOnlyList<int> deliveries, CancellationToken cancellationToken)
    {
        AckToken = cancellationToken;
        await CallAsync(AckTime);
        if (!FailsAtOnce && ++AckCalls == FailsAt)
        {
            throw new IOException("the broker is gone");
        }

        Acked.AddRange(deliveries);
        Log.AddRange(deliveries.Select(delivery => $"ack {delivery}"));
    }

    private async Task CallAsync(long time)
    {
        Overlapped |= ++_calls > 1 || Closed > 0;
        if (time != 0)
        {
            var over = new TaskCompletionSource();
            if (time > 0)
            {
                clock.At(clock.Clock + time, over.SetResult);
            }

            await over.Task;
        }

        _calls--;
    }
}

/// <summary>A source of test consumers, with a query to choose.</summary>
internal sealed class TestSource<T>(
    Func<int, TestConsumer> open, Func<PositionedObservable<int, long>, IObservable<Positioned<T, long>>> query,
    int consumers = 1, AcknowledgingOptions? options = null, BridgeOptions? bridge = null)
    : AcknowledgingSource<T, int>(consumers, options, bridge)
{
    public List<int> Opened { get; } = [];

    protected override ValueTask<DeliveryConsumer<int>> OpenAsync(int consumer, CancellationToken cancellationToken)
    {
        Opened.Add(consumer);
        return new(open(consumer));
    }

    protected override IObservable<Positioned<T, long>> Query(PositionedObservable<int, long> deliveries) => query(deliveries);
}
