namespace Rx.Connectors.Benchmarks;

/// <summary>What <c>compare</c> is asked for.</summary>
internal sealed record CompareOptions(bool Json, string? MarksFile, IReadOnlyList<Workload> Workloads)
{
    /// <summary>Reads the arguments; null, and what is wrong in one line, where they are not understood.</summary>
    public static CompareOptions? Parse(IReadOnlyList<string> args, IReadOnlyList<Workload> all, out string? error)
    {
        var options = new CompareOptions(Json: false, MarksFile: null, []);
        var chosen = new List<string>();
        error = null;
        for (var i = 0; i < args.Count && error is null; i++)
        {
            switch (args[i])
            {
                case "--json":
                    options = options with { Json = true };
                    break;
                case "--marks" when i + 1 < args.Count:
                    options = options with { MarksFile = args[++i] };
                    break;
                case "--marks":
                    error = "--marks needs a file to write to.";
                    break;
                case var name when all.Any(workload => workload.Name == name):
                    chosen.Add(name);
                    break;
                case var other:
                    error = $"'{other}' is neither --json, --marks FILE nor a workload; the workloads are "
                        + $"{string.Join(", ", all.Select(workload => workload.Name))}.";
                    break;
            }
        }

        return error is not null ? null : options with
        {
            Workloads = [.. all.Where(workload => chosen.Count == 0 || chosen.Contains(workload.Name))],
        };
    }
}
