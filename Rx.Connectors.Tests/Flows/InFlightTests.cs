using System.Diagnostics.Metrics;
using System.Reactive.Linq;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

/// <summary>A write that takes long is told while it does: which step, how much, since when.</summary>
public sealed class InFlightTests
{
    [Fact]
    public void A_write_that_takes_long_is_told_since_when()
    {
        var clock = new VirtualScheduler();
        var flow = new Dataflow("f");
        flow.Input("in", Bridge.From(Observable.Timer(TimeSpan.FromSeconds(2), clock)).ToSource())
            .Output("out", Bridge.To<long>((_, stop) => Task.Delay(TimeSpan.FromSeconds(5), clock.TimeProvider, stop)).ToSink());
        var run = flow.Start(new FlowOptions { Scheduler = clock });
        FlowProgress? seen = null;
        clock.At(TimeSpan.FromSeconds(6).Ticks, () => seen = run.GetProgress());
        clock.Start();
        var out0 = seen!.Sinks.Single();
        Assert.Equal(("out", "0", 1), (out0.Step, out0.Partition, out0.Writing));
        Assert.Equal((1L, 0L), (seen.ItemsRead, seen.ItemsWritten));
        Assert.InRange(out0.WritingFor, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(4));
        Assert.Equal(seen.At - out0.WritingFor, out0.WritingSince);
        var last = run.GetProgress().Sinks.Single();
        Assert.Equal((0, TimeSpan.Zero, null, 1L), (last.Writing, last.WritingFor, last.WritingSince, last.Items));
    }

    [Fact]
    public async Task A_write_that_blocks_its_worker_is_told_by_progress_and_metrics()
    {
        using var never = new ManualResetEventSlim();
        var name = $"blocked {Guid.NewGuid()}";
        var flow = new Dataflow(name);
        flow.Input("in", Bridge.From(Observable.Range(0, 3)).ToSource(new BridgeOptions { MaxBatchDelay = TimeSpan.Zero }))
            .Output("out", Bridge.ToBatches<int>((_, _) =>
            {
                never.Wait();
                return Task.CompletedTask;
            }).ToSink());
        var run = flow.Start();
        await RealPolls.Until(() => run.GetProgress().Sinks.Any(sink => sink.Writing > 0 && sink.WritingFor > TimeSpan.FromMilliseconds(50)));
        var progress = run.GetProgress();
        Assert.Equal(progress.ItemsRead, progress.Sinks.Single().Writing);
        var measured = new Dictionary<string, double>();
        using var listener = new MeterListener { InstrumentPublished = (one, self) => Enable(one, self) };
        listener.SetMeasurementEventCallback<int>((one, value, tags, _) => Keep(one.Name, value, tags));
        listener.SetMeasurementEventCallback<double>((one, value, tags, _) => Keep(one.Name, value, tags));
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.Equal(progress.ItemsRead, measured["rx_connectors.sink.writing"]);
        Assert.InRange(measured["rx_connectors.sink.writing.age"], 0.05, double.MaxValue);
        never.Set();
        Assert.Equal(3, (await run.Completion.WaitAsync(Times.Patience, TestContext.Current.CancellationToken)).ItemsWritten);

        void Keep(string instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags[0].Value as string == name)
            {
                measured[instrument] = value;
            }
        }
    }

    private static void Enable(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter.Name == "Rx.Connectors")
        {
            listener.EnableMeasurementEvents(instrument);
        }
    }
}
