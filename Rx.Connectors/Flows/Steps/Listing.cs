namespace Rx.Connectors.Flows;

/// <summary>The partitions of one step, and which worker has which.</summary>
internal sealed record Listing(string StepId, string[] Keys, int[] Owners)
{
    public IEnumerable<string> KeysOf(int worker) => Keys.Where((_, i) => Owners[i] == worker);
}
