using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;

namespace Rx.Connectors.Benchmarks;

/// <summary><c>record</c>: the same contenders with BenchmarkDotNet, which takes its time.</summary>
internal static class RecordCommand
{
    private static readonly Type[] _records =
    [
        typeof(Bridge100), typeof(Bridge1000), typeof(Push), typeof(EndToEnd), typeof(SinkSync1), typeof(SinkSync16),
        typeof(SinkYield1), typeof(SinkYield16), typeof(Flow),
    ];

    // A machine that has other things to do builds slowly.
    private static readonly IConfig _config =
        ManualConfig.Create(DefaultConfig.Instance).WithBuildTimeout(TimeSpan.FromMinutes(10));

    public static int Run(string[] args)
    {
        var summaries = BenchmarkSwitcher.FromTypes(_records).Run(args, _config);
        return summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success)) ? 1 : 0;
    }
}
