namespace Rx.Connectors.Flows;

/// <summary>What one worker sends to one sink partition, its own or another's.</summary>
internal interface ILane
{
    void Flush();
}

internal interface ILane<in T> : ILane
{
    void Add(T item);
}

/// <summary>Takes one item on: what a step is to the one before it.</summary>
internal interface IReceiver<in T>
{
    void Receive(T item);
}

/// <summary>Those lanes that the items of the last poll have gone into.</summary>
internal sealed class WorkerLanes
{
    private readonly List<ILane> _filled = [];
    private IShipper? _origin;
    private Shipment? _shipment;

    /// <summary>A lane has its first item of this poll.</summary>
    public void Fill(ILane lane) => _filled.Add(lane);

    /// <summary>Writes what the last poll led to, or sends it to where it is written.</summary>
    public void Flush(IShipper origin)
    {
        _origin = origin;
        // An asynchronous step fills others with its results, one that was written already among them.
        for (var i = 0; i < _filled.Count; i++)
        {
            _filled[i].Flush();
        }

        _filled.Clear();
        _shipment = null;
    }

    /// <summary>What the last poll sends elsewhere, all of it together.</summary>
    public Shipment Ship()
    {
        if (_shipment is null)
        {
            _shipment = new Shipment(_origin!);
            _origin!.Sent();
        }

        return _shipment;
    }
}
