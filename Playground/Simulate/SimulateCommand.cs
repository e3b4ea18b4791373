using System.CommandLine;
using Rx.Connectors.Playground.Infrastructure;
using Rx.Connectors.Testing;

namespace Rx.Connectors.Playground.Simulate;

/// <summary>The options of the simulation.</summary>
internal static class SimulateCommand
{
    private const int DefaultSeeds = 1000;

    public static Command Create()
    {
        var seeds = CommonOptions.Count("--seeds", $"How many seeds to simulate. Default: {DefaultSeeds}, or the one of --seed.");
        var seed = new Option<SimulationCase?>("--seed")
        {
            Description = "The first seed, or the only one. Default: 0. May be a case that was made smaller, as 4711:items=3.",
            HelpName = "K",
            CustomParser = argument =>
            {
                try
                {
                    return SimulationCase.Parse(argument.Tokens[0].Value);
                }
                catch (FormatException bad)
                {
                    argument.AddError($"--seed: {bad.Message}");
                    return null;
                }
            },
        };
        var json = CommonOptions.Json();
        var command = new Command(
            "simulate", "Crashes whole flows in virtual time; checks that nothing is lost.")
        {
            seeds, seed, json,
        };
        command.SetAction(parsed =>
        {
            var first = parsed.GetValue(seed);
            var count = parsed.GetValue(seeds) ?? (first is null ? DefaultSeeds : 1);
            if (count > 1 && first is not null && first != new SimulationCase(first.Seed))
            {
                throw new BadOptionException($"--seed {first} is one case, which leaves nothing for --seeds {count} to count.");
            }

            return SimulateExample.Run(first ?? new SimulationCase(0), count, new Screen(parsed.GetValue(json)));
        });
        return command;
    }
}
