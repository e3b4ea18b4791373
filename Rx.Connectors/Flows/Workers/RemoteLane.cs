namespace Rx.Connectors.Flows;

/// <summary>Gathers what one poll sends to a sink partition or a step of another worker.</summary>
internal sealed class RemoteLane<T>(WorkerContext context, IParcelTarget<T> target) : ILane<T>
{
    private readonly List<T> _items = [];

    public void Add(T item)
    {
        if (_items.Count == 0)
        {
            context.Lanes.Fill(this);
        }

        _items.Add(item);
    }

    public void Flush()
    {
        new Parcel<T>(context.Lanes.Ship(), target, [.. _items]).Send();
        _items.Clear();
    }
}
