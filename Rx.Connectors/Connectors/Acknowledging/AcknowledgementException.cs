namespace Rx.Connectors.Acknowledging;

/// <summary>
/// Deliveries could not be acknowledged, or given back. The broker delivers them again, so that what was made of them may come twice.
/// </summary>
public sealed class AcknowledgementException : Exception, IBreaksRule
{
    internal AcknowledgementException(string verb, int deliveries, Exception inner)
        : base($"{deliveries} deliveries could not be {verb}; the broker delivers again what it was not told of: {inner.Message}", inner) =>
        Deliveries = deliveries;

    /// <summary>How many deliveries the failed call was about. Of some of them the broker may know.</summary>
    public int Deliveries { get; }

    string IBreaksRule.Rule => "S11";

    // The broker is gone, most likely, and comes back.
    bool IBreaksRule.MayPass => true;
}
