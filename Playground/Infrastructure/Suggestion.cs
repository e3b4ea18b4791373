using System.CommandLine;

namespace Rx.Connectors.Playground.Infrastructure;

/// <summary>What somebody may have meant by a word that is not known.</summary>
internal static class Suggestion
{
    private const int MostEdits = 2;
    private const int ShortestBeginning = 3;

    /// <summary>Names the first unknown word, and what is nearest to it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="examples">All examples.</param>
    /// <returns>A line; null if every word is known.</returns>
    public static string? For(ParseResult parsed, Command[] examples)
    {
        // A value that is left over may only mean that an option lacks its own; then the other error says so.
        var isCommand = parsed.CommandResult == parsed.RootCommandResult;
        var isAll = parsed.Errors.Count <= parsed.UnmatchedTokens.Count;
        if (parsed.UnmatchedTokens.FirstOrDefault(one => isCommand || isAll || one.StartsWith('-')) is not { } token)
        {
            return null;
        }

        // What follows an option's name is not repeated: it may hold a password.
        var word = token.StartsWith('-') ? token.Split('=', ':')[0] : token;
        var command = parsed.CommandResult.Command;
        var names = Options(command).Concat(Options(parsed.RootCommandResult.Command)).Concat(command.Subcommands.Select(static one => one.Name));
        var hint = Nearest(word, names) is { } nearest
            ? $": did you mean {nearest}?"
            : examples.FirstOrDefault(example => example != command && Options(example).Contains(word)) is { } other
                ? $": it is an option of {other.Name}." : ".";
        return $"Unrecognized command or argument '{word}'{hint}";
    }

    private static IEnumerable<string> Options(Command command) => command.Options.Select(static one => one.Name);

    private static string? Nearest(string word, IEnumerable<string> names)
    {
        var bare = word.TrimStart('-');
        var (name, edits) = names
            .Select(one => (Name: one, Edits: Edits(bare, one.TrimStart('-'))))
            .OrderBy(static one => one.Edits).ThenBy(static one => one.Name, StringComparer.Ordinal).First();
        // Of a short word nearly everything is left to change.
        return edits <= Math.Min(MostEdits, (bare.Length + 1) / 2) ? name : null;
    }

    /// <summary>How many letters to change, add, leave out or swap. The beginning of a word is one away from it.</summary>
    private static int Edits(string word, string name)
    {
        if (word.Length >= ShortestBeginning && name.StartsWith(word, StringComparison.OrdinalIgnoreCase))
        {
            return name.Length == word.Length ? 0 : 1;
        }

        var costs = new int[word.Length + 1, name.Length + 1];
        for (var i = 0; i <= word.Length; i++)
        {
            for (var j = 0; j <= name.Length; j++)
            {
                costs[i, j] = i == 0 || j == 0 ? i + j : Cheapest(costs, word, name, i, j);
            }
        }

        return costs[word.Length, name.Length];
    }

    private static int Cheapest(int[,] costs, string word, string name, int i, int j)
    {
        var change = IsSame(i, j) ? 0 : 1;
        var least = Math.Min(Math.Min(costs[i - 1, j], costs[i, j - 1]) + 1, costs[i - 1, j - 1] + change);
        return i > 1 && j > 1 && IsSame(i, j - 1) && IsSame(i - 1, j) ? Math.Min(least, costs[i - 2, j - 2] + 1) : least;

        bool IsSame(int a, int b) => char.ToLowerInvariant(word[a - 1]) == char.ToLowerInvariant(name[b - 1]);
    }
}
