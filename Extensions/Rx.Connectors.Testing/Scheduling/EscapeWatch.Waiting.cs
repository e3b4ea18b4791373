using System.Diagnostics;

namespace Rx.Connectors.Testing;

/// <summary>Lets what has escaped run while the clock stands.</summary>
internal sealed partial class EscapeWatch
{
    // A thread may have taken something from the queue and not come to it yet.
    private const int FewProbes = 10;

    // A thread that has just left may be about to go on with more of the clock's work. Where others are at work on the pool
    // nothing tells, so it is given time: some hundred round trips.
    private const int MostProbes = 200;

    /// <summary>Stands still until nothing that has escaped is left, on the clock's thread.</summary>
    public void Settle(long time)
    {
        lock (_gate)
        {
            var thread = _thread;
            _thread = Environment.CurrentManagedThreadId;
            _isParked = true;
            Monitor.PulseAll(_gate);
            var before = _arrivals;
            var quiet = 0;
            for (var probes = 0; quiet < 2 || (probes < (before == _arrivals ? FewProbes : MostProbes) && !IsIdle()); probes++)
            {
                var arrivals = _arrivals;
                Probe();
                WaitForThoseOutside(time);
                quiet = arrivals == _arrivals && _arriving == 0 ? quiet + 1 : 0;
            }

            // What comes from now on has missed it.
            _isParked = false;
            _moment = null;
            _latest = null;
            _step++;
            _thread = thread;
        }
    }

    // Nothing is queued, and no thread of the pool is at work but this one, if it is one. Beside other tests that is seldom so.
    private bool IsIdle()
    {
        if (_arriving > 0 || _outside.Count > 0 || ThreadPool.PendingWorkItemCount > 0)
        {
            return false;
        }

        ThreadPool.GetMaxThreads(out var most, out _);
        ThreadPool.GetAvailableThreads(out var available, out _);
        return most - available <= (Thread.CurrentThread.IsThreadPoolThread ? 1 : 0);
    }

    // Waits until the pool has come to what was queued before this.
    private void Probe()
    {
        Debug.Assert(Monitor.IsEntered(_gate));
        var probe = new Marker(_gate);
        ThreadPool.UnsafeQueueUserWorkItem(probe, preferLocal: true);
        for (var tries = 0; !probe.HasRun && tries < 2; tries++)
        {
            Monitor.Wait(_gate, Patience);
        }
    }

    private void WaitForThoseOutside(long time)
    {
        Debug.Assert(Monitor.IsEntered(_gate));
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

    // The work goes on when the clock stands and nobody else has the turn.
    private void AwaitTurn(Moment moment, bool isSameThread)
    {
        Debug.Assert(Monitor.IsEntered(_gate));
        var frames = Frames();
        if (_report is null && FindRealSource(frames) is { } source)
        {
            _report = Tell(moment, $"was called back by {source}, at no certain time,");
        }

        // A task of the pool's leaves the context before it completes, and what awaits it goes on in place.
        var isInPlace = Array.Exists(frames, static name => name == "System.Threading.Tasks.Task.RunContinuations");
        if (!isSameThread && !(isInPlace && moment.Continue(_before)))
        {
            if (_latest is { } latest && !moment.Follows(latest))
            {
                _report ??= Tell(moment, "met other work that has left it, in no certain order,");
            }

            _latest = moment;
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
