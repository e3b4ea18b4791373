using System.CommandLine;
using Rx.Connectors.Flows;

namespace Rx.Connectors.Playground.Infrastructure;

/// <summary>Finds the example that was asked for, and turns what goes wrong into one line and an exit code.</summary>
internal static class CommandLine
{
    private const int Failed = 1;
    private const int BadOption = 2;

    /// <summary>Runs an example: the first one when none is named.</summary>
    public static async Task<int> RunAsync(string[] args, params Command[] examples)
    {
        var root = new RootCommand($"Examples of Rx.Connectors. Without a command, {examples[0].Name} runs with its defaults.")
        {
            List(examples),
        };
        foreach (var example in examples)
        {
            root.Add(example);
        }

        var parsed = root.Parse(
            args.Length > 0 ? args : [examples[0].Name], new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            // One is enough to correct; that a command is missing is only ever the consequence of another.
            return Tell(Suggestion.For(parsed, examples) ?? parsed.Errors[^1].Message, BadOption);
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                // Signals are the flow's: the first stops it, a second aborts it.
                ProcessTerminationTimeout = null,
            });
        }
        catch (BadOptionException bad)
        {
            return Tell(bad.Message, BadOption);
        }
        catch (FlowException refused) when (refused.InnerException is BadOptionException)
        {
            // Noticed when the store was opened, and still before anything was written.
            return Tell(refused.InnerException.Message, BadOption);
        }
        catch (Exception failed) when (failed is FlowException or AbortFlowException)
        {
            return Tell(failed.Message, Failed);
        }
    }

    private static Command List(Command[] examples)
    {
        var list = new Command("list", "Lists the examples.");
        list.SetAction(_ =>
        {
            foreach (var example in examples)
            {
                Console.WriteLine($"{example.Name,-10}  {example.Description}");
            }
        });
        return list;
    }

    private static int Tell(string message, int exitCode)
    {
        Console.Error.WriteLine(message.ReplaceLineEndings(" "));
        return exitCode;
    }
}
