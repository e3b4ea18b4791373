using Rx.Connectors.Benchmarks;

switch (args)
{
    case ["compare", .. var rest]:
        return CompareCommand.Run(rest);
    case [MeasureCommand.Name, .. var rest]:
        return MeasureCommand.Run(rest);
    case ["record", .. var rest]:
        return RecordCommand.Run(rest);
    case ["report", .. var rest]:
        return ReportCommand.Run(rest);
    case ["recovery", .. var rest]:
        return RecoveryComparison.Run(rest);
    default:
        Console.Error.WriteLine(
            "Usage: dotnet run -c Release --project Benchmarks -- compare [--json] [--marks FILE] [WORKLOAD..]"
            + " | recovery [--json] | record [ARGS] | report RUN.json..");
        return 2;
}
