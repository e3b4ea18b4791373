using System.Globalization;
using Rx.Connectors;
using Rx.Connectors.Testing;

// Prints the first seed at which the simulator finds a fault that was put into the copy of the library compiled in here, what it says,
// and the smallest case that it makes of it; or "none".
var seeds = int.Parse(args[1], CultureInfo.InvariantCulture);
Fault.On = args[0] == "none" ? null : args[0];
for (var seed = 0UL; seed < (ulong)seeds; seed++)
{
    var result = Simulation.Run(new SimulationCase(seed));
    if (!result.IsRight)
    {
        Console.WriteLine($"seed {seed} lost {result.Lost} duplicated {result.Duplicated} {string.Join(" ", result.Faults)}");
        if (args.Length > 2)
        {
            Console.WriteLine($"shrunk {Simulation.Shrink(result.Case)}");
        }

        return 0;
    }
}

Console.WriteLine("none");
return 0;
