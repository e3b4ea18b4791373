namespace Rx.Connectors.Benchmarks;

/// <summary><c>measure</c>: a contender of <c>compare</c>, in a process that <see cref="ContenderProcess"/> has started for it.</summary>
internal static class MeasureCommand
{
    public const string Name = "measure";

    // Code is made twice: once it is seen to be hot, to see how it is used, and then for good. Each takes a turn, and a rest.
    private const int Passes = 3;

    public static int Run(string[] args)
    {
        if (args is not [var name, var who] || Workloads.All.FirstOrDefault(one => one.Name == name) is not { } workload ||
            workload.Contenders.FirstOrDefault(one => one.Name == who) is not { } contender)
        {
            Console.Error.WriteLine($"{Name} is what compare starts for each contender; use compare.");
            return 2;
        }

        // Only the results go to the standard output, whatever a contender may print.
        var output = Console.Out;
        Console.SetOut(Console.Error);
        WarmUp(contender, Math.Min(workload.WarmUp, workload.Items));
        Turns.Take(Console.In, output, () => contender.Measure(workload.Items));
        return 0;
    }

    private static void WarmUp(Contender contender, int items)
    {
        for (var pass = 0; pass < Passes && items > 0; pass++)
        {
            contender.Measure(items);
            Compiler.WaitUntilItRests();
        }
    }
}
