namespace Rx.Connectors.Flows;

/// <summary>
/// What one poll sends to a sink partition that cannot take it at once, because another worker has it or because its first
/// position is being stored. Until it is written it counts against the source partition it came from, which is what bounds the
/// exchange between workers and keeps it from ever waiting in a circle (P4).
/// </summary>
internal sealed class Parcel<T>(SourceRunner origin, SinkRunner<T> target, T[] items) : IWorkerMessage
{
    private bool _written;

    public SourceRunner Origin => origin;

    public T[] Items => items;

    /// <summary>Sends it off. Call on the origin's worker.</summary>
    public void Send()
    {
        origin.Worker.Sent(origin);
        target.Worker.Post(this);
    }

    /// <summary>Keeps it here until the target is open. Call on the worker that has both.</summary>
    public void Wait()
    {
        origin.Worker.Sent(origin);
        target.Keep(this);
    }

    public void Handle(Worker worker)
    {
        if (_written)
        {
            worker.Confirmed(origin);
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
        if (origin.Worker == target.Worker)
        {
            origin.Worker.Confirmed(origin);
        }
        else
        {
            origin.Worker.Post(this);
        }
    }
}
