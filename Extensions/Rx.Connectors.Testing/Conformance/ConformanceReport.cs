using System.Text;

namespace Rx.Connectors.Testing;

/// <summary>Which rules a connector keeps. Immutable.</summary>
public sealed class ConformanceReport
{
    internal ConformanceReport(string title, IReadOnlyList<RuleResult> results, string guarantee)
    {
        Title = title;
        Results = results;
        Guarantee = guarantee;
    }

    /// <summary>Every rule, in the order of its number.</summary>
    public IReadOnlyList<RuleResult> Results { get; }

    /// <summary>
    /// The delivery guarantee as it was measured by cutting runs: "exactly once", "at least once, at most 3 repeated", "loses up to
    /// 2", or "not measured". It is the connector's own part of a flow's.
    /// </summary>
    public string Guarantee { get; }

    internal string Title { get; }

    /// <summary>Does nothing if no rule is broken. A rule that was not checked is not broken.</summary>
    /// <exception cref="ConformanceException">A rule is broken; the message is the whole report.</exception>
    public void ThrowIfBroken()
    {
        if (Results.Any(static result => result.Outcome == RuleOutcome.Broken))
        {
            throw new ConformanceException(this);
        }
    }

    /// <summary>The report as a table, one line for each rule.</summary>
    /// <returns>Lines, separated by "\n".</returns>
    public override string ToString()
    {
        var text = new StringBuilder(Title).Append('\n');
        foreach (var result in Results)
        {
            var outcome = result.Outcome == RuleOutcome.NotChecked ? "not checked" : result.Outcome == RuleOutcome.Broken ? "BROKEN" : "holds";
            text.Append($"{result.Rule,-4}{RuleNames.Of(result.Rule),-26}{outcome,-13}{result.Text}").Append('\n');
        }

        return text.Append($"measured: {Guarantee}").ToString();
    }
}
