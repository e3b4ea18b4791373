namespace Rx.Connectors.Testing;

/// <summary>What the checks find, rule by rule. The first thing that breaks a rule is what is told of it.</summary>
internal sealed class Findings(IEnumerable<string> rules)
{
    private readonly string[] _rules = [.. rules];
    private readonly Dictionary<string, string> _broken = [];
    private readonly Dictionary<string, List<string>> _held = [];
    private readonly Dictionary<string, List<string>> _unchecked = [];

    public string Guarantee { get; set; } = "not measured";

    public bool IsAnyBroken => _broken.Count > 0;

    public bool IsBroken(string rule) => _broken.ContainsKey(rule);

    public void Broken(string rule, string text) => _broken.TryAdd(rule, text);

    public void Holds(string rule, string text) => Add(_held, rule, text);

    public void NotChecked(string rule, string reason) => Add(_unchecked, rule, reason);

    public ConformanceReport Report(string title, string otherwise) => new(
        title,
        [.. _rules.Select(rule =>
            _broken.TryGetValue(rule, out var broken) ? new RuleResult(rule, RuleOutcome.Broken, broken)
            : _held.TryGetValue(rule, out var held) ? new RuleResult(rule, RuleOutcome.Holds, Join(held) + NotDone(rule))
            : new RuleResult(rule, RuleOutcome.NotChecked, _unchecked.TryGetValue(rule, out var why) ? Join(why) : otherwise))],
        Guarantee);

    private static void Add(Dictionary<string, List<string>> texts, string rule, string text)
    {
        if (!texts.TryGetValue(rule, out var list))
        {
            texts[rule] = list = [];
        }

        if (!list.Contains(text))
        {
            list.Add(text);
        }
    }

    private static string Join(List<string> texts) => string.Join("; ", texts);

    private string NotDone(string rule) => _unchecked.TryGetValue(rule, out var why) ? $" (not checked: {Join(why)})" : "";
}
