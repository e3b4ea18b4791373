namespace Rx.Connectors.Bridging;

/// <summary>
/// The last unbroken run of inputs that a query dropped. The position may move over it once everything before it is handed
/// out; older runs need not be kept, since the item that broke them takes the position past them.
/// </summary>
internal sealed class DroppedRun<TState>(int nudgeAfter, Action nudge) : IDropLog<TState>
{
    private readonly Lock _gate = new();
    private long _from = 1;
    private long _to;
    private TState? _position;
    private int _unseen;

    public void Dropped(long entry, TState position)
    {
        lock (_gate)
        {
            if (entry <= _to)
            {
                return;
            }

            _from = entry == _to + 1 ? _from : entry;
            _to = entry;
            _position = position;
            if (++_unseen < nudgeAfter)
            {
                return;
            }

            _unseen = 0;
        }

        // Nothing waits, but a snapshot would be far behind.
        nudge();
    }

    public Run Read()
    {
        lock (_gate)
        {
            _unseen = 0;
            return new Run(_from, _to, _position);
        }
    }

    /// <summary>Such a run at one moment.</summary>
    internal readonly record struct Run(long From, long To, TState? Position)
    {
        /// <summary>Whether it goes on from an input without a gap.</summary>
        public bool Follows(long entry) => To > entry && From <= entry + 1;
    }
}
