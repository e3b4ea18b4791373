using System.Diagnostics.Metrics;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

/// <summary>The instruments that <c>docs/flows.md</c> lists.</summary>
public sealed class MetricsTests
{
    [Fact]
    public void Every_instrument_tells_what_happened_under_the_name_of_flow_step_and_partition()
    {
        var flowName = $"measured {Guid.NewGuid()}";
        var sums = new Dictionary<string, double>();
        var gauges = new Dictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "Rx.Connectors")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags[0].Value as string != flowName)
            {
                return;
            }

            var ofRun = instrument.Name.StartsWith("rx_connectors.epoch", StringComparison.Ordinal);
            Assert.Equal(ofRun ? ["flow"] : ["flow", "step", "partition"], tags.ToArray().Select(tag => tag.Key));
            var name = ofRun ? instrument.Name : $"{instrument.Name} {tags[1].Value}/{tags[2].Value}";
            if (instrument.IsObservable)
            {
                gauges[name] = value;
            }
            else
            {
                sums[name] = sums.GetValueOrDefault(name) + value;
            }
        }

        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();

        var clock = new VirtualScheduler();
        var steps = Enumerable.Range(0, 25).Select(i => new Step(i * 10, i)).Append(new Step(10_000_000, null, Ends: true));
        var flow = new Dataflow(flowName);
        flow.Input("in", Bridge.From(new ScriptedClient<int>(clock, steps)).ToSource(new BridgeOptions { MaxBatchSize = 10, MaxBatchDelay = TimeSpan.FromSeconds(10) }))
            .Output("out", Bridge.ToBatches<int>((_, _) => Task.CompletedTask).ToSink());
        var run = flow.RunAsync(new FlowOptions { Scheduler = clock }, TestContext.Current.CancellationToken);
        clock.AdvanceTo(1_000_200);
        listener.RecordObservableInstruments();
        Assert.Equal(5, gauges["rx_connectors.source.waiting in/0"]);
        Assert.Equal(0.1, gauges["rx_connectors.source.lag in/0"]);
        Assert.Equal(0, gauges["rx_connectors.source.dropped in/0"]);
        clock.Start();
        Assert.True(run.IsCompletedSuccessfully);
        Assert.Equal(25, sums["rx_connectors.source.items in/0"]);
        Assert.Equal(3, sums["rx_connectors.source.batches in/0"]);
        Assert.Equal(25, sums["rx_connectors.sink.items out/0"]);
        Assert.Equal(3, sums["rx_connectors.sink.batches out/0"]);
        Assert.Equal(0, sums["rx_connectors.sink.write.duration out/0"]);
    }
}
