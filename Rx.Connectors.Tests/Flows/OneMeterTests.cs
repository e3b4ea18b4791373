using System.Diagnostics.Metrics;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Flows;

/// <summary>One meter for the process: the end of one run ends no series of another, and what ended runs have counted stays.</summary>
public sealed class OneMeterTests : IDisposable
{
    private readonly Dictionary<string, double> _measured = [];
    private readonly List<Instrument> _published = [];
    private readonly List<Instrument> _completed = [];
    private readonly MeterListener _listener = new();
    private readonly VirtualScheduler _clock = new();
    private readonly string _prefix = $"{Guid.NewGuid()}";

    public OneMeterTests()
    {
        _listener.InstrumentPublished = (one, self) =>
        {
            if (one.Meter.Name == "Rx.Connectors")
            {
                _published.Add(one);
                self.EnableMeasurementEvents(one);
            }
        };
        _listener.MeasurementsCompleted = (one, _) => _completed.Add(one);
        _listener.SetMeasurementEventCallback<int>((one, value, tags, _) => Keep(one, value, tags));
        _listener.SetMeasurementEventCallback<long>((one, value, tags, _) => Keep(one, value, tags));
        _listener.SetMeasurementEventCallback<double>((one, value, tags, _) => Keep(one, value, tags));
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public void The_series_of_a_run_go_on_when_another_ends()
    {
        using var ends = new Subject<int>();
        using var lives = new Subject<int>();
        var first = Start("a", ends);
        var second = Start("b", lives);
        _clock.AdvanceBy(10);
        ends.OnNext(1);
        lives.OnNext(1);
        _clock.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        ends.OnCompleted();
        _clock.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        Assert.True(first.Completion.IsCompletedSuccessfully);
        Assert.Empty(_completed);
        var known = _published.Count;

        lives.OnNext(2);
        lives.OnNext(3);
        _listener.RecordObservableInstruments();
        Assert.Equal(2, _measured["rx_connectors.source.waiting b in"]);
        Assert.False(_measured.ContainsKey("rx_connectors.source.waiting a in"));
        _clock.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        Assert.Equal(3, _measured["rx_connectors.source.items b in"]);
        Assert.Equal(1, _measured["rx_connectors.source.items a in"]);
        Start("c", Observable.Return(1));
        _clock.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        Assert.Equal(known, _published.Count);
        second.Abort();
        _clock.Start();
    }

    [Fact]
    public void Two_runs_of_a_flow_at_a_time_are_measured_together_and_drops_never_fall()
    {
        Start("twice", Observable.Range(0, 10));
        Start("twice", Observable.Range(0, 10));
        _clock.Start();
        _listener.RecordObservableInstruments();
        Assert.Equal(12, _measured["rx_connectors.source.dropped twice in"]);
        using var lives = new Subject<int>();
        var third = Start("twice", lives);
        _clock.AdvanceBy(10);
        Enumerable.Range(0, 5).ToList().ForEach(lives.OnNext);
        _listener.RecordObservableInstruments();
        Assert.Equal(13, _measured["rx_connectors.source.dropped twice in"]);
        third.Abort();
        _listener.RecordObservableInstruments();
        Assert.Equal(13, _measured["rx_connectors.source.dropped twice in"]);
        _clock.Start();
    }

    private FlowRun Start(string name, IObservable<int> client)
    {
        var flow = new Dataflow($"{_prefix} {name}");
        flow.Input("in", Bridge.From(client).ToSource(new BridgeOptions { MaxBatchSize = 4, Capacity = 4, Overflow = OverflowPolicy.DropWrite }))
            .Output("out", Bridge.ToBatches<int>((_, _) => Task.CompletedTask).ToSink());
        return flow.Start(new FlowOptions { Scheduler = _clock });
    }

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags[0].Value is not string flow || !flow.StartsWith(_prefix, StringComparison.Ordinal) || tags.Length < 2)
        {
            return;
        }

        var name = $"{instrument.Name} {flow[(_prefix.Length + 1)..]} {tags[1].Value}";
        _measured[name] = instrument.IsObservable ? value : _measured.GetValueOrDefault(name) + value;
    }
}
