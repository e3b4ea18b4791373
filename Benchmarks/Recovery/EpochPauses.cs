using System.Diagnostics.Metrics;

namespace Rx.Connectors.Benchmarks;

/// <summary>Listens to the library's own meter for how long epochs hold a flow up, and how long the store takes for them.</summary>
internal sealed class EpochPauses : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    private readonly List<double> _pauses = [];
    private readonly List<double> _commits = [];

    public EpochPauses()
    {
        _listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "Rx.Connectors" && instrument.Name.StartsWith("rx_connectors.epoch.", StringComparison.Ordinal))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) =>
        {
            lock (_gate)
            {
                (instrument.Name == "rx_connectors.epoch.pause" ? _pauses : _commits).Add(value);
            }
        });
        _listener.Start();
    }

    public TimeSpan Pause => Median(_pauses);

    public TimeSpan Commit => Median(_commits);

    public void Dispose() => _listener.Dispose();

    private TimeSpan Median(List<double> seconds)
    {
        lock (_gate)
        {
            return TimeSpan.FromSeconds(seconds.Order().ElementAtOrDefault(seconds.Count / 2));
        }
    }
}
