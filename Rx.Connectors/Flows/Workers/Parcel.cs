namespace Rx.Connectors.Flows;

/// <summary>
/// What one poll sends to one sink partition that cannot take it at once, because another worker has it or because its first
/// position is being stored. Until it is written it counts against the source partition it came from, which is what bounds the
/// exchange between workers and keeps it from ever waiting in a circle (P4).
/// </summary>
internal sealed class Parcel<T>(Shipment shipment, SinkRunner<T> target, T[] items) : IWorkerMessage
{
    private bool _written;

    public T[] Items => items;

    /// <summary>Sends it off. Call on the origin's worker.</summary>
    public void Send()
    {
        shipment.Parcels++;
        target.Worker.Post(this);
    }

    /// <summary>Keeps it here until the target is open. Call on the worker that has both.</summary>
    public void Wait()
    {
        shipment.Parcels++;
        target.Keep(this);
    }

    public void Handle(Worker worker)
    {
        if (_written)
        {
            shipment.Confirm();
        }
        else
        {
            target.Deliver(this);
        }
    }

    /// <summary>Tells the origin's worker that the items are written. Call on the target's worker.</summary>
    public void Confirm()
    {
        _written = true;
        if (shipment.Worker == target.Worker)
        {
            shipment.Confirm();
        }
        else
        {
            shipment.Worker.Post(this);
        }
    }
}

/// <summary>All the parcels of one poll. Belongs to the worker that polled.</summary>
internal sealed class Shipment(SourceRunner origin)
{
    /// <summary>Those that are not yet written.</summary>
    public int Parcels { get; set; }

    public Worker Worker => origin.Worker;

    public void Confirm()
    {
        if (--Parcels == 0)
        {
            origin.Worker.Due.Confirmed(origin);
        }
    }
}
