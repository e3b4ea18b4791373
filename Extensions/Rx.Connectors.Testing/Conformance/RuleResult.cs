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
/// <param name="Rule">The rule's number: "S1" to "S13", or "K1" to "K7".</param>
/// <param name="Outcome">Whether it holds.</param>
/// <param name="Text">What was done and seen, or why nothing was.</param>
public sealed record RuleResult(string Rule, RuleOutcome Outcome, string Text);
