namespace Rx.Connectors.Testing;

public sealed partial class Recording
{
    /// <summary>Compares with another recording, event for event.</summary>
    /// <param name="expected">What should have happened, as that of an earlier run with the same seed.</param>
    /// <exception cref="ArgumentNullException"><paramref name="expected"/> is null.</exception>
    /// <exception cref="RecordingDifferenceException">They differ; it points at the first difference.</exception>
    public void ThrowIfDifferent(Recording expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        var here = Events;
        var there = expected.Events;
        var same = here.Zip(there).TakeWhile(static pair => pair.First.Equals(pair.Second)).Count();
        if (same < here.Count || same < there.Count)
        {
            throw new RecordingDifferenceException(same, there, here);
        }
    }
}
