using System.Reactive.Linq;
using Rx.Connectors.Acknowledging;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Rx.Connectors.Tests.Recovery;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Acknowledging;

/// <summary>
/// Consumers that fail and are opened again (<see cref="RestartOptions"/>): what was handed out is acknowledged before, so that the
/// broker does not deliver it again.
/// </summary>
public sealed class AcknowledgingRestartTests
{
    private const int Messages = 20;

    private readonly VirtualScheduler _clock = new();
    private readonly List<TestConsumer> _consumers = [];
    private readonly KeptSink _sink = new("one", "two");
    private RestartOptions _restart = new();
    private int _partitions = 1;

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 1)]
    [InlineData(true, 3)]
    [InlineData(false, 3)]
    public void S11_what_came_before_a_delivery_that_always_throws_is_acknowledged_once_and_the_restarts_end(bool withStore, int workers)
    {
        var error = RunToFailure(Start(i => i == 10 ? throw new FormatException("no order") : i, withStore: withStore, workers: workers));
        Assert.Equal(
            "Flow 'orders', step 'orders', partition 'consumer-0': the source failed after 10 items and 10 restarts: no order (rule S3)",
            error.Message);
        Assert.Equal(11, _consumers.Count);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i}"), _sink.All.Order(StringComparer.Ordinal));
        Assert.Equal(Enumerable.Range(0, 10), Acked);
        Assert.Equal(Enumerable.Range(0, 10), _consumers[0].Acked);
        Assert.All(_consumers, consumer => Assert.Equal([10], consumer.Nacked));
        AssertClosed();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10_000)]
    public void S11_so_is_it_in_every_size_of_an_epoch_and_of_a_batch(int size)
    {
        _restart = new RestartOptions { MaxRetryAttempts = 2 };
        _ = RunToFailure(Start(i => i == 10 ? throw new FormatException("no order") : i, batch: size, epochItems: size));
        Assert.Equal(3, _consumers.Count);
        Assert.Equal(10, _sink.All.Count());
        Assert.Equal(Enumerable.Range(0, 10), Acked);
        AssertClosed();
    }

    [Fact]
    public void S11_a_delivery_before_which_all_are_dropped_is_counted_in_the_same_way()
    {
        _restart = new RestartOptions { MaxRetryAttempts = 2 };
        _ = RunToFailure(Start(query: numbers => numbers
            .Select(i => i == 10 ? throw new FormatException("no order") : i).Where(_ => false).Select(i => $"{i}")));
        Assert.Equal(3, _consumers.Count);
        Assert.Equal(Enumerable.Range(0, 10), Acked);
    }

    [Fact]
    public void An_error_that_moves_on_by_one_delivery_each_time_is_progress()
    {
        _restart = new RestartOptions { MaxRetryAttempts = 1 };
        var met = new HashSet<int>();
        RunToEnd(Start(i => met.Add(i) ? throw new FormatException($"not yet {i}") : i));
        Assert.Equal(21, _consumers.Count);
        AssertExact();
    }

    [Fact]
    public void Several_consumers_count_for_themselves_and_the_others_go_on()
    {
        (_partitions, _restart) = (3, new RestartOptions { MaxRetryAttempts = 2 });
        var met = new HashSet<int>();
        RunToEnd(Start(i => i % 3 == 1 && met.Add(i) ? throw new FormatException($"not yet {i}") : i));
        Assert.Equal(3 + 7, _consumers.Count);
        AssertExact();
    }

    [Fact]
    public void S11_a_consumer_that_breaks_off_is_opened_again_when_what_it_gave_is_acknowledged()
    {
        var run = Start(steps: (life, left) => left.Take(3).Select(i => new Step(0, i))
            .Append(life == 6 ? new Step(1, null, Ends: true) : new Step(1, null, Error: new IOException("lost"))));
        RunToEnd(run);
        Assert.Equal(7, _consumers.Count);
        AssertExact();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_acknowledgement_that_fails_counts_as_not_made_and_the_consumer_is_opened_again(bool atOnce)
    {
        RunToEnd(Start(made: consumer => (consumer.FailsAt, consumer.FailsAtOnce) = (_consumers.Count == 0 ? 2 : 0, atOnce), epochItems: 6));
        Assert.Equal(2, _consumers.Count);
        Assert.Equal(Enumerable.Range(0, 20), Acked);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}").Order(), _sink.All.Distinct().Order());
        AssertClosed();
    }

    [Fact]
    public void So_does_one_that_takes_too_long_with_others_waiting_behind_it()
    {
        RunToEnd(Start(made: consumer => consumer.AckTime = _consumers.Count == 0 ? -1 : 0, epochItems: 3, pace: 500));
        Assert.Equal(2, _consumers.Count);
        Assert.Empty(_consumers[0].Acked);
        Assert.Equal(Enumerable.Range(0, 20), Acked);
    }

    [Fact]
    public void One_that_fails_every_time_ends_the_flow_however_much_is_delivered_again()
    {
        _restart = new RestartOptions { MaxRetryAttempts = 3 };
        var error = RunToFailure(Start(made: consumer => consumer.FailsAt = 1, epochItems: 6));
        Assert.IsType<AcknowledgementException>(error.InnerException);
        Assert.Equal("S11", error.Rule);
        Assert.Equal(4, _consumers.Count);
        AssertClosed();
    }

    [Fact]
    public void One_that_fails_now_and_then_does_not()
    {
        _restart = new RestartOptions { MaxRetryAttempts = 1 };
        RunToEnd(Start(made: consumer => consumer.FailsAt = _consumers.Count < 4 ? 2 : 0, epochItems: 3, pace: 20));
        Assert.Equal(5, _consumers.Count);
        Assert.Equal(Enumerable.Range(0, 20), Acked);
    }

    [Fact]
    public void Giving_back_and_closing_that_fail_do_not_keep_it_from_being_opened_again()
    {
        var met = false;
        RunToEnd(Start(
            i => i == 10 && !met && (met = true) ? throw new FormatException("passes") : i,
            make: steps => new TestConsumer(_clock, steps) { NackError = new IOException("gone"), CloseError = new IOException("gone") }));
        Assert.Equal(2, _consumers.Count);
        AssertExact();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_stop_while_a_consumer_is_being_closed_waits_for_its_acknowledgements(bool abort)
    {
        var run = Start(i => i == 10 ? throw new FormatException("no order") : i, made: consumer => consumer.AckTime = 1_000);
        _clock.AdvanceTo(500);
        Assert.Equal(10, _sink.All.Count());
        Assert.Empty(Acked);
        (abort ? run.Abort : (Action)run.Stop)();
        _clock.Start();
        Assert.True(run.Completion.IsCompletedSuccessfully);
        Assert.Empty(run.Completion.Result.NotClosed);
        Assert.Equal(Enumerable.Range(0, 10), Acked);
        Assert.Single(_consumers);
        AssertClosed();
    }

    [Fact]
    public void A_stop_at_the_moment_of_the_failure_acknowledges_and_gives_back()
    {
        FlowRun? run = null;
        run = Start(
            i =>
            {
                if (i == 10)
                {
                    run!.Stop();
                    throw new FormatException("no order");
                }

                return i;
            },
            pace: 20);
        RunToEnd(run, FlowOutcome.Stopped);
        Assert.Equal(Enumerable.Range(0, 10), Acked);
        Assert.Equal([10], _consumers.Single().Nacked);
    }

    [Fact]
    public void A_connection_lost_while_the_flow_stops_is_named()
    {
        var run = Start(made: consumer => consumer.FailsAt = 1, endless: true);
        _clock.AdvanceTo(500);
        run.Stop();
        RunToEnd(run, FlowOutcome.Stopped);
        Assert.Equal(["orders/consumer-0"], run.Completion.Result.NotClosed);
        Assert.Single(_consumers);
    }

    private IEnumerable<int> Acked => _consumers.SelectMany(consumer => consumer.Acked).Order();

    private FlowRun Start(
        Func<int, int>? parse = null, Func<PositionedObservable<int, long>, IObservable<Positioned<string, long>>>? query = null,
        Action<TestConsumer>? made = null, Func<IEnumerable<Step>, TestConsumer>? make = null,
        Func<int, IEnumerable<int>, IEnumerable<Step>>? steps = null, bool withStore = true, int workers = 1, int batch = 7,
        long? epochItems = null, int pace = 0, bool endless = false)
    {
        // What a broker does: what is not acknowledged comes again, first.
        IEnumerable<Step> Deliver(int consumer)
        {
            var left = Enumerable.Range(0, Messages).Where(i => i % _partitions == consumer).Except(Acked).ToArray();
            var deliveries = steps?.Invoke(_consumers.Count, left) ??
                left.Select((i, n) => new Step(_clock.Clock + (n * pace), i))
                    .Append(new Step(_clock.Clock + (left.Length * pace) + 200, null, Ends: true));
            return endless ? deliveries.Where(step => !step.Ends) : deliveries;
        }

        var source = new TestSource<string>(
            consumer =>
            {
                var opened = make?.Invoke(Deliver(consumer)) ?? new TestConsumer(_clock, Deliver(consumer));
                made?.Invoke(opened);
                _consumers.Add(opened);
                return opened;
            },
            query ?? (numbers => numbers.Select(i => $"{parse?.Invoke(i) ?? i}")),
            _partitions,
            new AcknowledgingOptions { AckTimeout = 5_000.Ticks() },
            new BridgeOptions { MaxBatchSize = batch, MaxBatchDelay = TimeSpan.Zero });
        var flow = new Dataflow("orders");
        flow.Input("orders", source, _restart).Output("out", _sink, item => item);
        return flow.Start(new FlowOptions
        {
            Scheduler = _clock,
            Workers = workers,
            MaxEpochItems = epochItems,
            Recovery = withStore ? new RecoveryOptions { Store = new InMemoryRecoveryStore() } : null,
        });
    }

    private FlowException RunToFailure(FlowRun run)
    {
        _clock.Start();
        Assert.True(run.Completion.IsFaulted, "The run did not fail.");
        return Assert.IsType<FlowException>(run.Completion.Exception!.InnerException);
    }

    private void RunToEnd(FlowRun run, FlowOutcome outcome = FlowOutcome.Completed)
    {
        _clock.Start();
        Assert.Equal(outcome, run.Completion.GetAwaiter().GetResult().Outcome);
        AssertClosed();
    }

    /// <summary>Every message was written and acknowledged once.</summary>
    private void AssertExact()
    {
        Assert.Equal(Enumerable.Range(0, Messages), Acked);
        Assert.Equal(Enumerable.Range(0, Messages).Select(i => $"{i}").Order(), _sink.All.Order());
    }

    private void AssertClosed() => Assert.All(_consumers, consumer => Assert.Equal((1, "closed"), (consumer.Closed, consumer.Log[^1])));
}
