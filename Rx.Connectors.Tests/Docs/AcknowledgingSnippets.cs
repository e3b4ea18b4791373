using System.Text.Json;
using Rx.Connectors.Acknowledging;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Docs;

/// <summary>The code of docs/acknowledging.md, and that it does what the page says.</summary>
public sealed class AcknowledgingSnippets
{
    [Fact]
    public async Task An_order_is_acknowledged_after_its_commit_and_an_unreadable_one_becomes_an_item()
    {
        var channel = new FakeChannel("""{"Id":1}""", "no order", """{"Id":2}""");
        var source = new OrderSource(_ => channel);
        var partition = source.BuildPartition("orders", "consumer-0", ResumeState<long>.None);
        var clock = new VirtualScheduler();
        partition.Start(clock);
        clock.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        Assert.Equal([new Order(1, null), new Order(0, "no order"), new Order(2, null)], partition.NextBatch());
        Assert.Equal(0UL, channel.AckedUpTo);
        partition.OnCommitted(partition.Snapshot().Value);
        var closed = partition.DisposeAsync();
        clock.Start();
        await closed;
        Assert.Equal(3UL, channel.AckedUpTo);
        Assert.True(channel.Closed);
    }

    [Fact]
    public void A_server_is_told_what_it_may_forget()
    {
        var clock = new VirtualScheduler();
        var log = new FakeLog();
        var partition = Tail(log, ResumeState<long>.None);
        partition.Start(clock);
        clock.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        Assert.Equal(["a", "b"], partition.NextBatch());
        partition.OnCommitted(partition.Snapshot().Value);
        Assert.Equal(2, log.ForgottenBelow);
    }

    private static StatefulSourcePartition<string, long> Tail(FakeLog log, ResumeState<long> resumeState)
    {
        // snippet: acknowledging-positions
        var partition = Bridge.From(log.ReadAsync(from: resumeState.GetValueOrDefault(0)), entry => entry.Number + 1)
            .ToPartition(resumeState, onCommitted: next => log.BeginForget(below: next));
        // end-snippet
        return new Texts(partition);
    }

    private sealed class Texts(StatefulSourcePartition<LogEntry, long> entries) : StatefulSourcePartition<string, long>
    {
        public override void Start(System.Reactive.Concurrency.IScheduler scheduler) => entries.Start(scheduler);

        public override IReadOnlyList<string>? NextBatch() => entries.NextBatch()?.Select(entry => entry.Text).ToArray();

        public override ResumeState<long> Snapshot() => entries.Snapshot();

        public override void OnCommitted(long position) => entries.OnCommitted(position);
    }
}

// snippet: acknowledging-source
public sealed record Order(int Id, string? Unreadable);

/// <summary>Four consumers of a queue, each with a channel of its own.</summary>
public sealed class OrderSource(Func<int, IQueueChannel> connect) : AcknowledgingSource<Order, QueueMessage>(
    consumers: 4, new AcknowledgingOptions { MaxUnacked = 50_000 }, new BridgeOptions { MaxBatchSize = 500 })
{
    protected override ValueTask<DeliveryConsumer<QueueMessage>> OpenAsync(int consumer, CancellationToken cancellationToken) =>
        new(new QueueConsumer(connect(consumer)));

    protected override IObservable<Positioned<Order, long>> Query(PositionedObservable<QueueMessage, long> deliveries) =>
        deliveries.Select(delivery => Parse(delivery.Body));

    // One that threw here would come again at every start.
    private static Order Parse(string body)
    {
        try
        {
            return JsonSerializer.Deserialize<Order>(body)!;
        }
        catch (JsonException)
        {
            return new Order(0, body);
        }
    }
}

/// <summary>One channel: what to receive, how to acknowledge, how to close.</summary>
public sealed class QueueConsumer(IQueueChannel channel) : DeliveryConsumer<QueueMessage>
{
    public override IAsyncEnumerable<QueueMessage> ReceiveAsync(CancellationToken cancellationToken) =>
        channel.ConsumeAsync(cancellationToken);

    // This broker takes "everything up to", and the deliveries come in order: the last is enough.
    public override ValueTask AckAsync(IReadOnlyList<QueueMessage> deliveries, CancellationToken cancellationToken) =>
        channel.AckAsync(deliveries[^1].Tag, upTo: true, cancellationToken);

    public override ValueTask NackAsync(IReadOnlyList<QueueMessage> deliveries, CancellationToken cancellationToken) =>
        channel.NackAsync(deliveries[^1].Tag, upTo: true, cancellationToken);

    public override ValueTask DisposeAsync() => channel.DisposeAsync();
}
// end-snippet

/// <summary>A client as brokers have them.</summary>
public interface IQueueChannel : IAsyncDisposable
{
    IAsyncEnumerable<QueueMessage> ConsumeAsync(CancellationToken cancellationToken);

    ValueTask AckAsync(ulong tag, bool upTo, CancellationToken cancellationToken);

    ValueTask NackAsync(ulong tag, bool upTo, CancellationToken cancellationToken);
}

public sealed record QueueMessage(ulong Tag, string Body);

internal sealed class FakeChannel(params string[] bodies) : IQueueChannel
{
    public ulong AckedUpTo { get; private set; }

    public bool Closed { get; private set; }

    public IAsyncEnumerable<QueueMessage> ConsumeAsync(CancellationToken cancellationToken) =>
        bodies.Select((body, i) => new QueueMessage((ulong)i + 1, body)).ToAsyncEnumerable();

    public ValueTask AckAsync(ulong tag, bool upTo, CancellationToken cancellationToken)
    {
        AckedUpTo = tag;
        return ValueTask.CompletedTask;
    }

    public ValueTask NackAsync(ulong tag, bool upTo, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        Closed = true;
        return ValueTask.CompletedTask;
    }
}

internal sealed record LogEntry(long Number, string Text);

internal sealed class FakeLog
{
    private readonly LogEntry[] _entries = [new(0, "a"), new(1, "b")];

    public long ForgottenBelow { get; private set; }

    public IAsyncEnumerable<LogEntry> ReadAsync(long from) =>
        _entries.Where(entry => entry.Number >= from).ToAsyncEnumerable();

    public void BeginForget(long below) => ForgottenBelow = below;
}
