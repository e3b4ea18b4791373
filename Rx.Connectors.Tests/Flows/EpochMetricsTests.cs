using System.Diagnostics.Metrics;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Rx.Connectors.Tests.Recovery;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

/// <summary>The instruments of epochs and restarts.</summary>
public sealed class EpochMetricsTests
{
    [Fact]
    public void Every_instrument_of_epochs_and_restarts_tells_what_happened()
    {
        var flowName = $"measured {Guid.NewGuid()}";
        var values = new Dictionary<string, List<double>>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "Rx.Connectors" && !instrument.IsObservable)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags[0].Value as string == flowName)
            {
                var name = string.Join(' ', tags.ToArray().Skip(1).Select(tag => $"{tag.Value}").Prepend(instrument.Name));
                values.TryAdd(name, []);
                values[name].Add(value);
            }
        }

        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();

        var clock = new VirtualScheduler();
        var rig = new Rig(("a", 30))
        {
            Clock = clock,
            Pace = (_, _) => 1_000_000.Ticks(),
            Epoch = TimeSpan.FromTicks(3_000_000),
            Restart = new RestartOptions { Backoff = new BackoffOptions { Jitter = false } },
        };
        rig.Sink = new RigSink(rig, 1);
        rig.Store!.Commit = (_, _) => EndOfSourceTests.Later(clock, 500_000);
        var (restarts, failures) = (2, 1);
        rig.On = line => _ = (line == "poll a 6" && restarts-- > 0) || (line == "commit 3" && failures-- > 0)
            ? throw new IOException("passes") : 0;
        var flow = new Dataflow(flowName);
        flow.Input("in", rig.Source, rig.Restart).Output("out", rig.Sink, item => item);
        var run = rig.Start(flow);
        clock.Start();
        var result = run.Completion.GetAwaiter().GetResult();
        Assert.Equal([1, 1], values["rx_connectors.source.restarts in a"]);
        Assert.Equal(result.Epochs.Committed, values["rx_connectors.epoch.commits"].Sum());
        Assert.Equal(rig.Store.Commits.Count, values["rx_connectors.epoch.commits"].Count);
        Assert.Equal([1], values["rx_connectors.epoch.commit.failures"]);
        Assert.Equal(result.Epochs.Committed, values["rx_connectors.epoch.commit.duration"].Count);
        Assert.All(values["rx_connectors.epoch.commit.duration"], seconds => Assert.InRange(seconds, 0.05, 0.2));
        // One for each epoch that was closed, but none for the first position of the sink.
        Assert.True(values["rx_connectors.epoch.pause"].Count >= result.Epochs.Committed - 1);
    }

    [Fact]
    public void The_pause_is_how_long_a_slow_write_keeps_an_epoch_from_being_closed()
    {
        var flowName = $"measured {Guid.NewGuid()}";
        var pauses = new List<double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "rx_connectors.epoch.pause")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) =>
        {
            if (tags[0].Value as string == flowName)
            {
                pauses.Add(value);
            }
        });
        listener.Start();
        var clock = new VirtualScheduler();
        var rig = new Rig(("a", 3)) { Clock = clock };
        var flow = new Dataflow(flowName);
        flow.Input("in", rig.Source).Output(
            "out", Bridge.ToBatches<string>(async (_, _) => await EndOfSourceTests.Later(clock, 20_000_000)).ToSink());
        var run = rig.Start(flow);
        clock.At(5_000_000, () => run.CloseEpochAsync());
        clock.Start();
        Assert.True(run.Completion.IsCompletedSuccessfully);
        Assert.Equal(1.5, pauses[0], 3);
    }
}
