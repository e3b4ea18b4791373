using System.Collections;

namespace Rx.Connectors.Sources;

/// <summary>Batches that are opened anew each time they are enumerated.</summary>
internal sealed class BatchSequence<T>(Func<BatchEnumerator<T>> open) : IEnumerable<IReadOnlyList<T>>
{
    public IEnumerator<IReadOnlyList<T>> GetEnumerator() => open();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
