using System.Text.RegularExpressions;

namespace Rx.Connectors.Tests.Docs;

/// <summary>
/// Every block of C# on a page is preceded by <c>&lt;!-- snippet: name --&gt;</c>, and the same lines stand, indented as may be,
/// between <c>// snippet: name</c> and <c>// end-snippet</c> in a file that is compiled.
/// </summary>
internal static partial class SnippetCheck
{
    /// <summary>What is wrong, one line each, naming file and snippet.</summary>
    public static IReadOnlyList<string> Problems(IEnumerable<Page> pages, IEnumerable<Page> files)
    {
        var problems = new List<string>();
        var snippets = ReadSnippets(files, problems);
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var page in pages)
        {
            foreach (var (name, line, code) in Blocks(page))
            {
                var at = $"{page.Name}({line})";
                if (name is null)
                {
                    problems.Add($"{at}: a block of C# without <!-- snippet: name --> on the line before it");
                }
                else if (!snippets.TryGetValue(name, out var snippet))
                {
                    problems.Add($"{at}: no file has a snippet '{name}'");
                }
                else
                {
                    used.Add(name);
                    Compare($"{at}: snippet '{name}' differs from {snippet.File}", code, snippet.Lines, problems);
                }
            }
        }

        problems.AddRange(snippets.Where(one => !used.Contains(one.Key))
            .Select(one => $"{one.Value.File}: snippet '{one.Key}' is on no page"));
        return problems;
    }

    private static void Compare(string what, IReadOnlyList<string> page, IReadOnlyList<string> file, List<string> problems)
    {
        var same = page.Zip(file).TakeWhile(pair => pair.First == pair.Second).Count();
        if (same < page.Count || same < file.Count)
        {
            problems.Add(
                $"{what} at its line {same + 1}: '{page.ElementAtOrDefault(same)}' instead of '{file.ElementAtOrDefault(same)}'");
        }
    }

    private static Dictionary<string, (string File, IReadOnlyList<string> Lines)> ReadSnippets(
        IEnumerable<Page> files, List<string> problems)
    {
        var snippets = new Dictionary<string, (string, IReadOnlyList<string>)>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            string? name = null;
            var lines = new List<string>();
            foreach (var line in file.Lines)
            {
                if (Begin().Match(line) is { Success: true } begin)
                {
                    if (name is not null)
                    {
                        problems.Add($"{file.Name}: snippet '{name}' has no // end-snippet");
                    }

                    name = begin.Groups[1].Value;
                    lines = [];
                }
                else if (name is not null && line.Trim() == "// end-snippet")
                {
                    if (!snippets.TryAdd(name, (file.Name, Dedent(lines))))
                    {
                        problems.Add($"{file.Name}: there is another snippet '{name}'");
                    }

                    name = null;
                }
                else
                {
                    lines.Add(line);
                }
            }

            if (name is not null)
            {
                problems.Add($"{file.Name}: snippet '{name}' has no // end-snippet");
            }
        }

        return snippets;
    }

    private static IEnumerable<(string? Name, int Line, IReadOnlyList<string> Code)> Blocks(Page page)
    {
        for (var i = 0; i < page.Lines.Count; i++)
        {
            if (Fence().Match(page.Lines[i]) is not { Success: true } fence)
            {
                continue;
            }

            var marker = i > 0 ? Marker().Match(page.Lines[i - 1]) : Match.Empty;
            var first = i + 1;
            do
            {
                i++;
            }
            while (i < page.Lines.Count && page.Lines[i].Trim() != "```");
            if (fence.Groups[1].Value.ToUpperInvariant() is "CSHARP" or "CS" or "C#")
            {
                yield return (
                    marker.Success ? marker.Groups[1].Value : null, first, [.. page.Lines.Skip(first).Take(i - first)]);
            }
        }
    }

    private static string[] Dedent(List<string> lines)
    {
        var indent = lines.Where(line => line.Trim().Length > 0).Select(line => line.Length - line.TrimStart().Length)
            .DefaultIfEmpty().Min();
        return [.. lines.Select(line => line.Length < indent ? "" : line[indent..])];
    }

    [GeneratedRegex(@"^\s*```(\S*)")]
    private static partial Regex Fence();

    [GeneratedRegex(@"^<!-- snippet: (\S+) -->$")]
    private static partial Regex Marker();

    [GeneratedRegex(@"^\s*// snippet: (\S+)$")]
    private static partial Regex Begin();
}
