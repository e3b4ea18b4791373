using System.Text.RegularExpressions;
using Xunit;

namespace Rx.Connectors.Tests.Docs;

/// <summary>Every rule that a page or a test cites is defined in docs/rules.md.</summary>
public sealed partial class RulesTests
{
    // Percentiles.
    private static readonly string[] _noRules = ["P50", "P99"];

    [Fact]
    public void Every_rule_that_is_cited_is_defined()
    {
        var defined = Pages.All.Single(page => page.Name == "docs/rules.md").Lines
            .Select(line => Definition().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value).ToHashSet();
        Assert.Superset(new HashSet<string> { "S1", "S13", "K1", "K8", "F1", "F6", "P1", "P27", "Q1", "Q6" }, defined);
        var missing = Pages.All.Concat(Pages.Snippets)
            .SelectMany(page => page.Lines.SelectMany(line => Citation().Matches(line)).Select(match => (page.Name, Rule: match.Value)))
            .Where(cited => !defined.Contains(cited.Rule) && !_noRules.Contains(cited.Rule))
            .Distinct().Select(cited => $"{cited.Name} cites {cited.Rule}, which docs/rules.md does not define");
        Assert.Empty(missing);
    }

    [GeneratedRegex(@"^\| ([SKFEPQ]\d+)\b")]
    private static partial Regex Definition();

    [GeneratedRegex("(?<![A-Za-z0-9_])[SKFEPQ][1-9][0-9]?(?![A-Za-z0-9])")]
    private static partial Regex Citation();
}
