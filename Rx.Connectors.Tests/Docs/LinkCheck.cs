using System.Text.RegularExpressions;

namespace Rx.Connectors.Tests.Docs;

/// <summary>A link on a page leads to a file of the repository, and to a heading of it where it names one.</summary>
internal static partial class LinkCheck
{
    public static IReadOnlyList<string> Problems(string root, IReadOnlyList<Page> pages)
    {
        var problems = new List<string>();
        foreach (var page in pages)
        {
            foreach (var target in Pages.Prose(page).SelectMany(line => Link().Matches(line)).Select(match => match.Groups[1].Value))
            {
                if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal))
                {
                    continue;
                }

                var parts = target.Split('#', 2);
                var path = parts[0].Length == 0
                    ? page.Name
                    : Path.GetRelativePath(root, Path.GetFullPath(Path.Combine(root, Path.GetDirectoryName(page.Name)!, parts[0])))
                        .Replace('\\', '/');
                if (!Path.Exists(Path.Combine(root, path)))
                {
                    problems.Add($"{page.Name}: the link to '{target}' leads to no file");
                }
                else if (parts.Length == 2 && pages.FirstOrDefault(one => one.Name == path) is { } other &&
                    !Headings(other).Contains(parts[1]))
                {
                    problems.Add($"{page.Name}: the link to '{target}' leads to no heading of {path}");
                }
            }
        }

        return problems;
    }

    // As the usual renderers make them: lower case, spaces as hyphens, nothing else but letters and digits.
    private static IEnumerable<string> Headings(Page page) => Pages.Prose(page)
        .Where(line => line.StartsWith('#'))
        .Select(line => NotInAnchor().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"\[[^\]]*\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
