using System.Collections.Concurrent;
using System.Net;
using System.Reactive.Concurrency;
using Rx.Connectors.Acknowledging;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sources;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Acknowledging;

/// <summary>Over a real connection, on real threads, with crashes: at least once, and no acknowledgement before a commit.</summary>
[Trait("speed", "slow")]
public sealed class LoopbackBrokerTests
{
    private const int Messages = 800;

    private readonly ConcurrentDictionary<int, int> _committed = new();
    private readonly ConcurrentQueue<int> _ackedTooEarly = new();
    private ResumeState<long> _stored;

    private enum Ending
    {
        Graceful,
        CommittedButNotTold,
        BrokerGone,
        Aborted,
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task S11_Q1_over_crashes_every_message_is_committed_and_only_those_are_acknowledged(int seed)
    {
        var random = new Random(seed);
        await using var broker = new LoopbackBroker(Messages, message =>
        {
            if (!_committed.ContainsKey(message))
            {
                _ackedTooEarly.Enqueue(message);
            }
        });
        var source = new Source(broker.Address);
        for (var run = 0; !broker.IsEmpty; run++)
        {
            Assert.True(run < 500, "there is no end of it");
            await RunAsync(source, broker, random.Next(5, 60), (Ending)(run % 4), random);
            await broker.WhenIdleAsync();
        }

        Assert.Empty(_ackedTooEarly);
        Assert.Equal(Enumerable.Range(0, Messages), _committed.Keys.Order());
        Assert.True(broker.Sent > Messages);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task S11_connections_that_break_are_opened_again_within_a_run_until_every_message_is_written_and_acknowledged(int workers)
    {
        var written = new ConcurrentDictionary<int, int>();
        await using var broker = new LoopbackBroker(Messages, message => _ = written.ContainsKey(message) ? 0 : Early(message));
        var flow = new Dataflow("orders");
        var restart = new RestartOptions
        {
            MaxRetryAttempts = 1_000,
            Backoff = new BackoffOptions { BaseDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(2) },
        };
        flow.Input("orders", new Source(broker.Address), restart).Output("out", Bridge.To<int>(async (message, _) =>
        {
            await Task.Yield();
            written.AddOrUpdate(message, 1, (_, times) => times + 1);
        }).ToSink());
        var run = flow.Start(new FlowOptions { Workers = workers, EpochInterval = TimeSpan.FromMilliseconds(5) });
        for (var round = 0; !broker.IsEmpty && !run.Completion.IsCompleted; round++)
        {
            Assert.True(round < 6_000, "there is no end of it");
            await Task.Delay(10);
            if (round < 20)
            {
                broker.Break();
            }
        }

        run.Stop();
        Assert.Equal(FlowOutcome.Stopped, (await run.Completion.WaitAsync(Times.Patience)).Outcome);
        Assert.True(broker.IsEmpty);
        Assert.Empty(_ackedTooEarly);
        Assert.Equal(Enumerable.Range(0, Messages), written.Keys.Order());
    }

    private int Early(int message)
    {
        _ackedTooEarly.Enqueue(message);
        return 0;
    }

    private async Task RunAsync(Source source, LoopbackBroker broker, int polls, Ending ending, Random random)
    {
        var partition = source.BuildPartition("in", "consumer-0", _stored);
        partition.Start(DefaultScheduler.Instance);
        if (_stored.HasValue)
        {
            partition.OnCommitted(_stored.Value);
        }

        var epoch = new List<int>();
        try
        {
            for (var i = 0; i < polls && !broker.IsEmpty; i++)
            {
                var batch = partition.NextBatch()!;
                epoch.AddRange(batch);
                if (batch.Count == 0)
                {
                    await Task.Delay(1);
                }

                if (random.Next(5) == 0)
                {
                    Commit(partition, epoch, tell: true);
                }
            }

            if (ending == Ending.BrokerGone)
            {
                broker.Break();
            }
            else if (ending != Ending.Aborted)
            {
                Commit(partition, epoch, tell: ending == Ending.Graceful);
            }

            await partition.DisposeAsync().AsTask().WaitAsync(Times.Patience);
        }
        catch (Exception gone) when (ending == Ending.BrokerGone && gone is AcknowledgementException or IOException)
        {
        }
    }

    private void Commit(StatefulSourcePartition<int, long> partition, List<int> epoch, bool tell)
    {
        if (!partition.Snapshot().TryGetValue(out var position))
        {
            return;
        }

        epoch.ForEach(item => _committed.AddOrUpdate(item, 1, (_, times) => times + 1));
        epoch.Clear();
        _stored = position;
        if (tell)
        {
            partition.OnCommitted(position);
        }
    }

    private sealed class Source(IPEndPoint broker) : AcknowledgingSource<int, int>(
        options: new AcknowledgingOptions { MaxUnacked = 200 },
        bridge: new BridgeOptions { MaxBatchSize = 7, MaxBatchDelay = TimeSpan.Zero })
    {
        protected override ValueTask<DeliveryConsumer<int>> OpenAsync(int consumer, CancellationToken cancellationToken) =>
            LoopbackConsumer.OpenAsync(broker, cancellationToken);

        protected override IObservable<Positioned<int, long>> Query(PositionedObservable<int, long> deliveries) => deliveries;
    }
}
