using System.Runtime.CompilerServices;
using Rx.Connectors.Acknowledging;
using Rx.Connectors.Bridging;

namespace Rx.Connectors.Testing;

/// <summary>The queue of one consumer: what was delivered and not acknowledged when the consumer is gone is delivered again.</summary>
internal sealed class SimulatedBroker(SourcePlan plan, int partition, Recording? recording)
{
    private readonly SortedSet<int> _left = [.. Enumerable.Range(0, plan.Items[partition])];

    /// <summary>How many messages nobody has acknowledged.</summary>
    public int Left => _left.Count;

    public DeliveryConsumer<SimulatedItem> Open(SimulatedProcess process)
    {
        process.Call();
        process.Open++;
        return new Consumer(this, process);
    }

    private string Lane => $"{plan.StepId}/consumer-{partition}";

    private async IAsyncEnumerable<SimulatedItem> ReceiveAsync(
        SimulatedProcess process, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var index in _left.ToArray())
        {
            process.Call();
            if (!await process.DelayOrStop(plan.Pace == 0 ? 0 : process.Random.Next(plan.Pace), cancellationToken).ConfigureAwait(true))
            {
                yield break;
            }

            process.Call();
            process.MayFail("A consumer");
            var item = new SimulatedItem(plan.Number, partition, index, 0);
            recording?.Add(Lane, RecordedKind.Delivered, item);
            yield return item;
        }
    }

    private sealed class Consumer(SimulatedBroker broker, SimulatedProcess process) : DeliveryConsumer<SimulatedItem>
    {
        public override IAsyncEnumerable<SimulatedItem> ReceiveAsync(CancellationToken cancellationToken) =>
            broker.ReceiveAsync(process, cancellationToken);

        public override async ValueTask AckAsync(IReadOnlyList<SimulatedItem> deliveries, CancellationToken cancellationToken)
        {
            process.Call();
            await process.Delay(process.Random.Next(3), cancellationToken).ConfigureAwait(true);
            process.Call();
            process.MayFail("An acknowledgement");
            foreach (var delivery in deliveries)
            {
                broker._left.Remove(delivery.Index);
            }

            broker.Acknowledged(deliveries);
        }

        public override ValueTask DisposeAsync()
        {
            process.ThrowIfDead();
            process.Open--;
            return base.DisposeAsync();
        }
    }

    private void Acknowledged(IReadOnlyList<SimulatedItem> deliveries) =>
        recording?.Add(Lane, RecordedKind.Acknowledged, deliveries.Cast<object?>());
}

/// <summary>Reads the queues of a source step.</summary>
internal sealed class BrokerSource(SourcePlan plan, IReadOnlyList<SimulatedBroker> brokers, SimulatedProcess process)
    : AcknowledgingSource<SimulatedItem, SimulatedItem>(plan.Items.Count, null, plan.Bridge)
{
    protected override async ValueTask<DeliveryConsumer<SimulatedItem>> OpenAsync(int consumer, CancellationToken cancellationToken)
    {
        await process.Delay(process.Random.Next(3), cancellationToken).ConfigureAwait(true);
        return brokers[consumer].Open(process);
    }

    protected override IObservable<Positioned<SimulatedItem, long>> Query(PositionedObservable<SimulatedItem, long> deliveries) =>
        deliveries.Select(static delivery => delivery);
}
