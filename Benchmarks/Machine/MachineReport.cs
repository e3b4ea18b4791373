using System.Globalization;

namespace Rx.Connectors.Benchmarks;

/// <summary>How busy the machine was before and after the runs of <c>compare</c>, and what others used during each.</summary>
internal sealed class MachineReport
{
    /// <summary>Its name in the JSON, beside the workloads'.</summary>
    public const string Name = "machine";

    /// <summary>The load before the start.</summary>
    public const string Load = "load_before";

    /// <summary>What others used during a run, in cores.</summary>
    public const string Others = "others_cores";

    private readonly double? _before = MachineLoad.OneMinute();
    private double? _after;

    /// <summary>Says at once, rather than after minutes, that nothing will be judged.</summary>
    public void Warn()
    {
        if (Quiet.Refusal(_before, others: null) is { } refusal)
        {
            Console.Error.WriteLine($"The marks will not be judged: {refusal}.");
        }
    }

    public void Finish() => _after = MachineLoad.OneMinute();

    /// <summary>Why the marks of a run are not judged; null where they are.</summary>
    public string? Refusal(RunResult run) => Quiet.Refusal(_before, run.Others);

    /// <summary>For the JSON: numbers alone, as everywhere there, and none that is not known.</summary>
    public Measured Figures(RunResult run)
    {
        var figures = new Measured { ["cores"] = run.Cores, ["judged"] = Refusal(run) is null ? 1 : 0 };
        Add(Load, _before);
        Add("load_after", _after);
        Add(Others, run.Others);
        return figures.Rounded();

        void Add(string name, double? figure)
        {
            if (figure is { } known)
            {
                figures[name] = known;
            }
        }
    }

    public void Write(TextWriter output, IReadOnlyDictionary<Placement, RunResult> runs)
    {
        output.WriteLine($"load over one minute: {Text(_before)} before, {Text(_after)} after");
        foreach (var (placement, run) in runs)
        {
            output.WriteLine($"others used {Text(run.Others)} of a core in the {placement.Name()} run");
            if (Refusal(run) is { } refusal)
            {
                output.WriteLine($"the marks of the {placement.Name()} run are not judged: {refusal}");
            }
        }
    }

    private static string Text(double? figure) => figure?.ToString("0.00", CultureInfo.InvariantCulture) ?? "(this system does not tell)";
}
