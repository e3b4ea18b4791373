namespace Rx.Connectors.Flows;

/// <summary>Notes what of somebody else's a worker's thread is in. Two fields a call, for there are many.</summary>
internal sealed class WorkerCalls
{
    private volatile IPartitionRunner? _in;
    private volatile string? _what;
    private volatile string? _step;
    private int _calls;

    /// <summary>What it is in; null for nothing. From any thread, also while the worker's blocks there.</summary>
    public Doing? Doing => _in is { } of && _what is { } what
        ? _step is { } step ? new Doing(step, of.Partition, "in the step", Volatile.Read(ref _calls), IsWrite: false)
        : new Doing(of.StepId, of.Partition, what, Volatile.Read(ref _calls), what == Doing.Writing)
        : null;

    /// <summary>The source partition whose items are on their way, for errors.</summary>
    public string? Polled { get; private set; }

    /// <summary>The worker's thread goes into a partition.</summary>
    public void Enter(IPartitionRunner of, string what)
    {
        _step = null;
        _in = of;
        _what = what;
        Volatile.Write(ref _calls, _calls + 1);
    }

    /// <summary>It polls a partition.</summary>
    public void EnterPoll(IPartitionRunner of)
    {
        Polled = of.Partition;
        Enter(of, Doing.Polling);
    }

    /// <summary>It goes on with items of a partition that another worker has polled.</summary>
    public void TakeOver(string? polled) => Polled = polled;

    /// <summary>It goes into a step, with an item of the partition that it has polled.</summary>
    public void EnterStep(string step)
    {
        _step = step;
        _calls++;
    }

    /// <summary>It is out of both.</summary>
    public void Leave() => _what = null;
}
