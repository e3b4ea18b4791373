using Rx.Connectors.Benchmarks;

switch (args)
{
    case ["compare", .. var rest]:
        return CompareCommand.Run(rest);
    case ["recovery", .. var rest]:
        return RecoveryComparison.Run(rest);
    default:
        Console.Error.WriteLine(
            "Usage: dotnet run -c Release --project Benchmarks -- compare [--json] [--marks FILE] [WORKLOAD..]"
            + " | recovery [--json] | record [ARGS] | report RUN.json..");
        return 2;
}
