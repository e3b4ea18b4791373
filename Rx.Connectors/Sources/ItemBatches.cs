namespace Rx.Connectors.Sources;

/// <summary>The steps of <see cref="Batch.Of"/>.</summary>
internal sealed class ItemBatches<T>(IEnumerator<T> items, int count) : BatchEnumerator<T>
{
    protected override bool Gather(List<T> batch)
    {
        while (batch.Count < count)
        {
            if (!items.MoveNext())
            {
                return false;
            }

            batch.Add(items.Current);
        }

        return true;
    }

    protected override void Close() => items.Dispose();
}
