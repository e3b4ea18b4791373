namespace Rx.Connectors.Testing;

/// <summary>What a check of a rule came to.</summary>
public enum RuleOutcome
{
    /// <summary>Nothing was found that speaks against it.</summary>
    Holds,

    /// <summary>The connector breaks it.</summary>
    Broken,

    /// <summary>It could not be checked; the text says what it would take.</summary>
    NotChecked,
}

/// <summary>One rule and what became of its check.</summary>
public sealed class RuleResult
{
    internal RuleResult(string rule, RuleOutcome outcome, string text) => (Rule, Outcome, Text) = (rule, outcome, text);

    /// <summary>The rule's number: "S1" to "S13", or "K1" to "K7".</summary>
    public string Rule { get; }

    /// <summary>Whether the rule holds.</summary>
    public RuleOutcome Outcome { get; }

    /// <summary>What was done and seen, or why nothing was.</summary>
    public string Text { get; }
}
