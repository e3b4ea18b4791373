namespace Rx.Connectors.Testing;

/// <summary>Lets what has escaped run while the clock stands.</summary>
internal sealed partial class EscapeWatch
{
    // Only a test that is about to fail waits this out.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    /// <summary>Stands still until nothing that has escaped is left, on the clock's thread.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool Settle(long time)
    {
        lock (_gate)
        {
            var before = _arrivals;
            _isParked = true;
            Monitor.PulseAll(_gate);
            for (var quiet = 0; quiet < 2;)
            {
                var arrivals = _arrivals;
                Probe();
                WaitForThoseOutside(time);
                quiet = arrivals == _arrivals ? quiet + 1 : 0;
            }

            _isParked = false;
            _time = -1;
            return _arrivals != before;
        }
    }

    // Waits until the pool has come to what was queued before this, under the lock.
    private void Probe()
    {
        var probe = new Marker(_gate);
        ThreadPool.UnsafeQueueUserWorkItem(probe, preferLocal: true);
        for (var tries = 0; !probe.HasRun && tries < 2; tries++)
        {
            Monitor.Wait(_gate, _patience);
        }
    }

    private void WaitForThoseOutside(long time)
    {
        while (_outside.Count > 0)
        {
            if (!Monitor.Wait(_gate, _patience))
            {
                _report ??= $"At {time} it has waited {_patience.TotalSeconds} s for work that began on it at " +
                    $"{_outside[0].Time} and does not come back.";
                return;
            }
        }
    }

    // Under the lock: the work goes on when the clock stands and nobody else has the turn.
    private void AwaitTurn(Moment moment)
    {
        if (moment.Time < _time && _time >= 0)
        {
            _report ??= Tell(moment, $"came late, at {_time},");
        }

        if (_outside.Exists(other => !moment.Follows(other)))
        {
            _report ??= Tell(moment, "met other work that has left it, in no certain order,");
        }

        _outside.Add(moment);
        while (!_isParked || _isTaken)
        {
            if (!Monitor.Wait(_gate, _patience))
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
