namespace Rx.Connectors.Sources;

/// <summary>The steps of <see cref="Batch.FromGetter{T}(Func{Polled{T}}, int)"/>, which both kinds come down to.</summary>
internal sealed class GetterBatches<T>(Func<Polled<T>> getter, int count) : BatchEnumerator<T>
{
    protected override bool Gather(List<T> batch)
    {
        while (batch.Count < count)
        {
            var polled = getter();
            if (!polled.HasItem)
            {
                return !polled.IsEnd;
            }

            batch.Add(polled.Item);
        }

        return true;
    }
}
