using System.CommandLine;
using System.Globalization;

namespace Rx.Connectors.Playground.Infrastructure;

/// <summary>Options that several examples have.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json")
    {
        Description = "Print one JSON object on standard output and everything else on standard error.",
    };

    public static Option<string?> Out(string defaultName) => new("--out")
    {
        Description = $"The file to write; one that exists is overwritten. Default: {defaultName} in a new temporary directory.",
        HelpName = "FILE",
    };

    /// <summary>A whole number from 1.</summary>
    public static Option<int?> Count(string name, string description, int most = int.MaxValue) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = argument =>
        {
            var text = argument.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 && count <= most)
            {
                return count;
            }

            argument.AddError($"{name} must be a whole number from 1 to {most}; it is '{text}'.");
            return null;
        },
    };
}
