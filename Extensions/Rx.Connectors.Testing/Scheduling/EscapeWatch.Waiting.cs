namespace Rx.Connectors.Testing;

/// <summary>Lets what has escaped run while the clock stands.</summary>
internal sealed partial class EscapeWatch
{
    /// <summary>Stands still until nothing that has escaped is left, on the clock's thread.</summary>
    public void Settle(long time)
    {
        lock (_gate)
        {
            var thread = _thread;
            _thread = Environment.CurrentManagedThreadId;
            _isParked = true;
            Monitor.PulseAll(_gate);
            for (var quiet = 0; quiet < 2;)
            {
                var arrivals = _arrivals;
                Probe();
                WaitForThoseOutside(time);
                quiet = arrivals == _arrivals && _arriving == 0 ? quiet + 1 : 0;
            }

            // What comes from now on has missed it.
            _isParked = false;
            _moment = null;
            _thread = thread;
        }
    }

    // Waits until the pool has come to what was queued before this, under the lock.
    private void Probe()
    {
        var probe = new Marker(_gate);
        ThreadPool.UnsafeQueueUserWorkItem(probe, preferLocal: true);
        for (var tries = 0; !probe.HasRun && tries < 2; tries++)
        {
            Monitor.Wait(_gate, Patience);
        }
    }

    private void WaitForThoseOutside(long time)
    {
        while (_outside.Count > 0)
        {
            if (!Monitor.Wait(_gate, Patience))
            {
                _report ??= $"At {time} it has waited {Patience.TotalSeconds} s for work that began on it at " +
                    $"{_outside[0].Time} and does not come back.";
                _outside.Clear();
                _isTaken = false;
                Monitor.PulseAll(_gate);
                return;
            }
        }
    }

    // Under the lock: the work goes on when the clock stands and nobody else has the turn.
    private void AwaitTurn(Moment moment)
    {
        if (_report is null && FindRealSource() is { } source)
        {
            _report = Tell(moment, $"was called back by {source}, at no certain time,");
        }

        if (_outside.Count == 0)
        {
            moment.Forget();
        }
        else if (_outside.Exists(other => !moment.Follows(other)))
        {
            _report ??= Tell(moment, "met other work that has left it, in no certain order,");
        }

        _outside.Add(moment);
        while (!_isParked || _isTaken)
        {
            if (!Monitor.Wait(_gate, Patience))
            {
                _report ??= Tell(moment, "had to go on while the clock's own thread did not stand still, perhaps waiting for it,");
                break;
            }
        }

        _isTaken = true;
    }

    private void Left(Moment moment)
    {
        lock (_gate)
        {
            if (_outside.Remove(moment))
            {
                _isTaken = false;
            }

            Monitor.PulseAll(_gate);
        }
    }

    private sealed class Marker(object gate) : IThreadPoolWorkItem
    {
        public bool HasRun { get; private set; }

        public void Execute()
        {
            lock (gate)
            {
                HasRun = true;
                Monitor.PulseAll(gate);
            }
        }
    }
}
