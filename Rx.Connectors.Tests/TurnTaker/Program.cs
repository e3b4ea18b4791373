// TurnTaker TURNS: takes so many turns, whose only figure is their number, and ends with exit code 7 in the next one.
using System.Globalization;
using Rx.Connectors.Benchmarks;

var turns = int.Parse(args[0], CultureInfo.InvariantCulture);
var turn = 0;
var output = Console.Out;
// A contender may print; that must not be taken for a result.
Console.SetOut(Console.Error);
Turns.Take(Console.In, output, () =>
{
    Console.WriteLine("in a turn");
    if (turn == turns)
    {
        Environment.Exit(7);
    }

    return new Measured { ["turn"] = ++turn };
});
