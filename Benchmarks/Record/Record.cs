using BenchmarkDotNet.Attributes;

namespace Rx.Connectors.Benchmarks;

/// <summary>A workload's contenders, for BenchmarkDotNet: an operation is a turn, as in compare, of so many items.</summary>
[MemoryDiagnoser]
public abstract class Record
{
    private readonly Workload _workload;
    private Contender _contender = null!;

    private protected Record(Workload workload) => _workload = workload;

    /// <summary>Who is measured.</summary>
    [ParamsSource(nameof(Contenders))]
    public string Contender { get; set; } = "";

    /// <summary>Who can be.</summary>
    public IEnumerable<string> Contenders => _workload.Contenders.Select(one => one.Name);

    /// <summary>Finds the contender.</summary>
    [GlobalSetup]
    public void Setup() => _contender = _workload.Contenders.Single(one => one.Name == Contender);

    /// <summary>A turn.</summary>
    [Benchmark]
    public long Turn() => _contender.Run!(_workload.Items);
}
