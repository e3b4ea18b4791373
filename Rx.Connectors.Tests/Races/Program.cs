using Rx.Connectors;
using Rx.Connectors.Races;

// Runs the races, or those whose names begin with the second argument, and says of each what came of it. The first argument is the fault
// that is switched on, or "none".
Fault.On = args[0] == "none" ? null : args[0];
foreach (var race in MailboxRaces.All.Concat(BridgeRaces.All).Concat(RunRaces.All))
{
    if (args.Length < 2 || race.Name.StartsWith(args[1], StringComparison.Ordinal))
    {
        Console.WriteLine($"{race.Name}: {race.Run()}");
    }
}
