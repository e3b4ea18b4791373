namespace Rx.Connectors.Flows;

/// <summary>Sends one item after the other to another worker each.</summary>
internal sealed class SpreadReceiver<T>(ILane<T>[] workers, int first) : IReceiver<T>
{
    private int _next = first;

    public void Receive(T item)
    {
        var worker = _next % workers.Length;
        _next = worker + 1;
        workers[worker].Add(item);
    }
}

/// <summary>
/// Where items go on, on a worker that has been sent them. A parcel is confirmed when everything that its items have led to is
/// written, so that no epoch is captured before (F3).
/// </summary>
internal sealed class SpreadTarget<T>(Wiring wiring, Func<Wiring, IReceiver<T>> next) : IParcelTarget<T>
{
    public Worker Worker => wiring.Worker.Worker;

    public void Deliver(Parcel<T> parcel)
    {
        wiring.Worker.Calls.TakeOver(parcel.Origin);
        // Made here and not before: what receives belongs to this worker's thread.
        var receiver = next(wiring);
        foreach (var item in parcel.Items)
        {
            receiver.Receive(item);
        }

        var onward = new Onward(Worker, parcel);
        wiring.Worker.Lanes.Flush(onward);
        if (!onward.HasSent)
        {
            parcel.Confirm();
        }
    }

    private sealed class Onward(Worker worker, Parcel<T> parcel) : IShipper
    {
        public Worker Worker => worker;

        public bool HasSent { get; private set; }

        public void Sent() => HasSent = true;

        public void Confirmed() => parcel.Confirm();
    }
}
