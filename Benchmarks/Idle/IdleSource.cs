using System.Globalization;
using System.Reactive.Linq;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Benchmarks;

/// <summary>Partitions over hot observables that never send.</summary>
internal sealed class IdleSource(int partitions) : FixedPartitionedSource<int, int>
{
    private readonly string[] _keys =
        [.. Enumerable.Range(0, partitions).Select(i => i.ToString("D5", CultureInfo.InvariantCulture))];
    private readonly CountdownEvent _closed = new(partitions);
    private readonly IObservable<int> _never = Observable.Never<int>();

    public void WaitUntilOpen() => _closed.Wait();

    public override IReadOnlyList<string> ListPartitions() => _keys;

    public override StatefulSourcePartition<int, int> BuildPartition(
        string stepId, string partition, ResumeState<int> resumeState)
    {
        _closed.Signal();
        return Bridge.From(_never, static i => i).ToPartition(resumeState);
    }
}
