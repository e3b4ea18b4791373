using System.Diagnostics;
using System.Globalization;
using System.Reactive.Subjects;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Benchmarks;

/// <summary>Bridged clients that send for a while, each in its turn, and then never again.</summary>
internal sealed class BusySource : FixedPartitionedSource<int, int>
{
    private readonly string[] _keys;
    private readonly Dictionary<string, Subject<int>> _clients;

    public BusySource(int partitions)
    {
        _keys = [.. Enumerable.Range(0, partitions).Select(i => i.ToString("D5", CultureInfo.InvariantCulture))];
        _clients = _keys.ToDictionary(key => key, _ => new Subject<int>());
    }

    public override IReadOnlyList<string> ListPartitions() => _keys;

    public override StatefulSourcePartition<int, int> BuildPartition(
        string stepId, string partition, ResumeState<int> resumeState) =>
        Bridge.From(_clients[partition], static i => i)
            .ToPartition(resumeState, new BridgeOptions { Overflow = OverflowPolicy.DropOldest });

    /// <summary>Once all are listened to.</summary>
    public void SendFor(TimeSpan time)
    {
        while (!_clients.Values.All(client => client.HasObservers))
        {
            Thread.Sleep(IdleMeter.Settles);
        }

        var started = Stopwatch.GetTimestamp();
        for (var item = 0; Stopwatch.GetElapsedTime(started) < time; item++)
        {
            foreach (var client in _clients.Values)
            {
                client.OnNext(item);
            }
        }
    }
}
