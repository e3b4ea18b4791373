namespace Rx.Connectors.Flows;

/// <summary>Where a parcel goes.</summary>
internal interface IParcelTarget<T>
{
    Worker Worker { get; }

    /// <summary>Takes the items, and confirms the parcel when they are written. Called on the target's worker.</summary>
    void Deliver(Parcel<T> parcel);
}

/// <summary>Sends parcels, and waits for them. It belongs to its worker's thread.</summary>
internal interface IShipper
{
    Worker Worker { get; }

    /// <summary>A first parcel is to be sent.</summary>
    void Sent();

    /// <summary>All of them are written.</summary>
    void Confirmed();
}

/// <summary>
/// What one poll sends to somebody who cannot take it at once, because another worker has it or because its first
/// position is being stored. Until it is written it counts against the source partition it came from, which is what bounds the
/// exchange between workers and keeps it from ever waiting in a circle (P4).
/// </summary>
internal sealed class Parcel<T>(Shipment shipment, IParcelTarget<T> target, T[] items) : IWorkerMessage
{
    private bool _written;

    public T[] Items => items;

    /// <summary>The source partition that the items came from.</summary>
    public string? Origin { get; } = shipment.Worker.Context.Calls.Polled;

    /// <summary>Sends it off. Call on the origin's worker.</summary>
    public void Send()
    {
        shipment.Parcels++;
        target.Worker.Post(this);
    }

    /// <summary>Counts it, for a target here that keeps it until it is open.</summary>
    public void Wait() => shipment.Parcels++;

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

/// <summary>All the parcels of one poll, or those that one parcel has led to. Belongs to the worker that sends them.</summary>
internal sealed class Shipment(IShipper origin)
{
    /// <summary>Those that are not yet written.</summary>
    public int Parcels { get; set; }

    public Worker Worker => origin.Worker;

    public void Confirm()
    {
        if (--Parcels == 0)
        {
            origin.Confirmed();
        }
    }
}
